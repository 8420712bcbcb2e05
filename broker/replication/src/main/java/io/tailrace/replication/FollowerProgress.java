package io.tailrace.replication;

import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.Incarnation;

/**
 * How far a follower has copied, as its leader knows.
 *
 * @param follower the broker's incarnation; its epoch is {@link Broker#NONE} until it has fetched in this leader epoch
 * @param endOffset its log end offset, exclusive, {@link #UNKNOWN} until it has fetched in this leader epoch
 * @param startOffset its log start offset, inclusive, {@link #UNKNOWN} until it has fetched in this leader epoch
 * @param leaderEndAtLastFetch the leader's log end offset at its last fetch
 * @param lastFetchMs time of its last fetch
 * @param lastCaughtUpMs the latest time at which it is known to have had everything that the leader had
 */
record FollowerProgress(
        Incarnation follower,
        long endOffset,
        long startOffset,
        long leaderEndAtLastFetch,
        long lastFetchMs,
        long lastCaughtUpMs) {
    static final long UNKNOWN = -1;

    /** A follower that has not fetched yet. Its lag time starts now. */
    static FollowerProgress unknown(int brokerId, long nowMs) {
        return new FollowerProgress(new Incarnation(brokerId, Broker.NONE), UNKNOWN, UNKNOWN, UNKNOWN, nowMs, nowMs);
    }

    /** The progress after a fetch, which acknowledges everything below its offset. */
    FollowerProgress fetched(FollowerFetch fetch, long leaderEndOffset, long nowMs) {
        long caughtUpMs = lastCaughtUpMs;
        if (fetch.fetchOffset() >= leaderEndOffset) {
            caughtUpMs = nowMs;
        } else if (endOffset != UNKNOWN && fetch.fetchOffset() >= leaderEndAtLastFetch) {
            caughtUpMs = Math.max(lastCaughtUpMs, lastFetchMs);
        }
        return new FollowerProgress(
                fetch.follower(), fetch.fetchOffset(), fetch.logStartOffset(), leaderEndOffset, nowMs, caughtUpMs);
    }

    /** The progress of a follower that has everything, when the leader appends what it does not have. */
    FollowerProgress caughtUpUntil(long nowMs) {
        return new FollowerProgress(follower, endOffset, startOffset, leaderEndAtLastFetch, lastFetchMs, nowMs);
    }

    boolean isOf(Incarnation member) {
        return follower.equals(member);
    }

    boolean lags(long leaderEndOffset, long replicaLagMsMax, long nowMs) {
        return endOffset < leaderEndOffset && nowMs - lastCaughtUpMs > replicaLagMsMax;
    }
}
