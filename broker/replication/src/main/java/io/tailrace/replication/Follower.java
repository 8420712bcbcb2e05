package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;

/** A replica that copies the log of the leader in {@code view().agreed()}. */
public record Follower(PartitionView view, LogView log) implements Replica {

    @Override
    public ErrorCode refusal() {
        return ErrorCode.NOT_LEADER_OR_FOLLOWER;
    }

    /** Whether what was fetched in this leader epoch may be appended: ask before appending, under the same lock. */
    public boolean follows(int fetchedInLeaderEpoch) {
        return fetchedInLeaderEpoch == leaderEpoch();
    }
}
