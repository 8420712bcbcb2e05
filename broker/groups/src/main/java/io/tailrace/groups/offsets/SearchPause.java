package io.tailrace.groups.offsets;

import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.groups.GroupsShard;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Timeout;
import io.tailrace.shard.TimerChange;
import org.jspecify.annotations.Nullable;

/**
 * The pause between two searches for expired offsets. The deletion of a topic interrupts the pause with a search for its offsets,
 * so that a new topic of the same name does not get the offsets of the former one, even after a failover. Immutable.
 */
final class SearchPause implements Timeout<GroupsShard> {
    /** How often it checks for deleted topics. */
    static final long LOOK_INTERVAL_MS = 5_000;

    private final long leftMs;
    private final @Nullable ClusterSnapshot seen;

    private SearchPause(long leftMs, @Nullable ClusterSnapshot seen) {
        this.leftMs = leftMs;
        this.seen = seen;
    }

    /**
     * Starts a pause, or what is left of one.
     *
     * @param seen a cluster snapshot as of which every topic with offsets existed; null if that is not known
     */
    static TimerChange.Start<GroupsShard> start(long leftMs, @Nullable ClusterSnapshot seen, long nowMs) {
        long lookMs = Math.min(leftMs, LOOK_INTERVAL_MS);
        return new TimerChange.Start<>(new SearchPause(leftMs - lookMs, seen), nowMs + lookMs);
    }

    @Override
    public Decision<GroupsShard> expired(GroupsShard state, long nowMs) {
        ClusterSnapshot cluster = state.cluster();
        if (leftMs == 0 || seen == null || hasLostTopic(seen, cluster)) {
            return OffsetExpiry.search(state, leftMs, nowMs);
        }
        TimerChange.Start<GroupsShard> rest = start(leftMs, cluster, nowMs);
        return new Decision.Builder<GroupsShard>()
                .start(rest.timer(), rest.atMs())
                .build();
    }

    private static boolean hasLostTopic(ClusterSnapshot before, ClusterSnapshot now) {
        return before.version() != now.version()
                && before.topicNames().stream().anyMatch(name -> !isSame(before, now, name));
    }

    private static boolean isSame(ClusterSnapshot before, ClusterSnapshot now, String name) {
        return now.topic(name)
                .map(topic -> before.topic(topic.id()).isPresent())
                .orElseGet(() -> now.mayExist(name));
    }
}
