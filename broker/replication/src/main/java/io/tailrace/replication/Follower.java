package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;

/** A replica that copies the log of the leader in {@code view().agreed()}. */
public record Follower(PartitionView view, LogView log) implements Replica {

    @Override
    public Leadership leadership() {
        return new NotLeader(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    /**
     * What a consumer gets that a leader has sent here (KIP-392): nothing at or above the high watermark that is known here. A follower
     * that is not in sync sends it back to the leader, so it is never further behind than {@code replica.lag.time.max.ms} allows. So
     * does one that lacks the offset: which offsets exist is for the leader to say.
     */
    public FetchVerdict consumerFetch(long fetchOffset) {
        if (!view.state().isr().contains(view.self())) {
            return new FetchVerdict.Refused(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        }
        boolean hasOffset = fetchOffset >= log.startOffset() && fetchOffset <= log.endOffset();
        return hasOffset
                ? new FetchVerdict.Read(Math.max(fetchOffset, log.highWatermark()))
                : new FetchVerdict.Refused(ErrorCode.OFFSET_NOT_AVAILABLE);
    }

    /**
     * Whether what was fetched in this leader epoch may be appended. Ask before the append, under the lock that the append
     * is made under.
     */
    public boolean follows(int fetchedInLeaderEpoch) {
        return fetchedInLeaderEpoch == leaderEpoch();
    }
}
