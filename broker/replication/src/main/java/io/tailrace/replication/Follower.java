package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;

/** A replica that copies the log of the leader in {@code view().agreed()}. */
public record Follower(PartitionView view, LogView log) implements Replica {

    @Override
    public Leadership leadership() {
        return new NotLeader(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    /**
     * Whether what was fetched in this leader epoch may be appended. Ask before the append, under the lock that the append
     * is made under.
     */
    public boolean follows(int fetchedInLeaderEpoch) {
        return fetchedInLeaderEpoch == leaderEpoch();
    }
}
