package io.tailrace.simulation;

import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.Leader;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.ReadWaiter;
import org.jspecify.annotations.Nullable;

/**
 * A follower's fetch session: a fetch for the same offset as the one before does not name the partition. It counts only if the
 * partition has changed since, and the earlier one has not been counted.
 */
final class FollowerSession implements ReadWaiter {
    private final Partition partition;
    private final int follower;
    private @Nullable FollowerFetch named;
    private boolean changed;

    /** @param follower its broker id */
    FollowerSession(Partition partition, int follower) {
        this.partition = partition;
        this.follower = follower;
        partition.addFollower(this);
    }

    boolean names(FollowerFetch fetch) {
        boolean isNew = !fetch.equals(named);
        named = fetch;
        return isNew;
    }

    boolean mustCount(FollowerFetch fetch) {
        boolean must = changed && partition.replica() instanceof Leader leader && !leader.hasCounted(fetch);
        changed = false;
        return must;
    }

    @Override
    public void wake() {
        changed = true;
    }

    @Override
    public int hashCode() {
        return follower;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }
}
