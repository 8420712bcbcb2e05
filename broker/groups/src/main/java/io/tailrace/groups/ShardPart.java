package io.tailrace.groups;

import io.tailrace.shard.TimerChange;
import java.util.List;

/** One of the protocols that use a {@link GroupsShard}: supplies the timers to start when a shard has been loaded. */
@FunctionalInterface
public interface ShardPart {
    /** The timers to start after a failover, so that live members have time to find the new coordinator. */
    List<TimerChange<GroupsShard>> loaded(GroupsShard state, long nowMs);
}
