package io.tailrace.groups.rules;

import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.groups.GroupSettings;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.consumer.ConsumerPart;
import io.tailrace.groups.offsets.OffsetExpiry;
import io.tailrace.groups.rebalance.ClassicPart;
import java.util.List;

/** Puts the rules of all protocols together. */
public final class GroupRules {
    private GroupRules() {}

    /** A shard into which nothing has been loaded yet. */
    public static GroupsShard emptyShard(ClusterSnapshot cluster, GroupSettings settings) {
        return new GroupsShard(cluster, settings, List.of(new ClassicPart(), new ConsumerPart(), OffsetExpiry::loaded));
    }
}
