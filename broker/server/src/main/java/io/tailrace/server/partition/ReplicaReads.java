package io.tailrace.server.partition;

import io.tailrace.log.LogSlice;
import io.tailrace.log.OffsetNotInLogException;
import io.tailrace.log.ReplicaLog;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.FetchVerdict;
import io.tailrace.replication.Follower;
import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.Leadership;
import io.tailrace.replication.Replica;
import java.io.IOException;
import java.util.List;

/**
 * Reads for consumers and followers. A leader without a lease or session serves only consumers, and only below the high
 * watermark. So does a follower, and only consumers that the leader has sent to it. Takes no lock.
 */
final class ReplicaReads {
    private final ReplicaLog log;
    private final ReplicaStateMachine role;
    private final LogErrors errors;

    ReplicaReads(ReplicaLog log, ReplicaStateMachine role, LogErrors errors) {
        this.log = log;
        this.role = role;
        this.errors = errors;
    }

    Read read(ConsumerFetch fetch, int bytesMax, boolean atLeastOneBatch) {
        return role.leadershipIn(fetch.currentLeaderEpoch())
                .map(
                        leader -> read(fetch, leader, leader.consumerFetch(fetch.offset()), bytesMax, atLeastOneBatch),
                        notLeader -> readCommitted(fetch, bytesMax, atLeastOneBatch));
    }

    /** Sends the consumer to another leader, never to another offset, because this log may be out of date. */
    private Read readCommitted(ConsumerFetch fetch, int bytesMax, boolean atLeastOneBatch) {
        Replica replica = role.replica();
        FetchVerdict verdict = replica.committedRead(fetch.offset(), fetch.currentLeaderEpoch());
        Read read = read(fetch, replica, verdict, bytesMax, atLeastOneBatch);
        return read.error() == ErrorCode.OFFSET_OUT_OF_RANGE ? Read.refused(ErrorCode.NOT_LEADER_OR_FOLLOWER) : read;
    }

    Read readFromFollower(ConsumerFetch fetch, int bytesMax, boolean atLeastOneBatch) {
        if (!(role.replica() instanceof Follower follower)) {
            return read(fetch, bytesMax, atLeastOneBatch);
        }
        Leadership leadership = follower.leadershipIn(fetch.currentLeaderEpoch());
        ErrorCode error = leadership.map(leader -> ErrorCode.NONE, refusal -> refusal);
        if (error != ErrorCode.NOT_LEADER_OR_FOLLOWER || !role.holdsLease()) {
            return Read.refused(error);
        }
        Read read = read(fetch, follower, follower.consumerFetch(fetch.offset()), bytesMax, atLeastOneBatch);
        return read.error() == ErrorCode.OFFSET_OUT_OF_RANGE ? Read.refused(ErrorCode.OFFSET_NOT_AVAILABLE) : read;
    }

    Read read(FollowerFetch fetch, int bytesMax, boolean atLeastOneBatch) {
        return role.leadershipIn(fetch.currentLeaderEpoch())
                .map(
                        leader -> read(
                                leader,
                                leader.followerFetch(fetch),
                                end -> Read.of(
                                        log.read(fetch.fetchOffset(), bytesMax, end, atLeastOneBatch),
                                        leader.log().highWatermark(),
                                        log.logStartOffset(),
                                        null)),
                        Read::refused);
    }

    private Read read(
            ConsumerFetch fetch, Replica replica, FetchVerdict verdict, int bytesMax, boolean atLeastOneBatch) {
        long highWatermark = replica.log().highWatermark();
        return read(
                replica,
                verdict,
                end -> fetch.isCommitted()
                        ? readStable(fetch.offset(), end, highWatermark, bytesMax, atLeastOneBatch)
                        : Read.of(
                                log.read(fetch.offset(), bytesMax, end, atLeastOneBatch),
                                highWatermark,
                                log.logStartOffset(),
                                null));
    }

    private Read readStable(long offset, long end, long highWatermark, int bytesMax, boolean atLeastOneBatch)
            throws IOException {
        long lastStableOffset = log.lastStableOffset(highWatermark);
        long limit = Math.min(end, lastStableOffset);
        LogSlice slice = log.read(offset, bytesMax, limit, atLeastOneBatch);
        boolean isComplete = false;
        try {
            Read.Transactions transactions = new Read.Transactions(
                    lastStableOffset, slice.isEmpty() ? List.of() : log.abortedTransactions(offset, slice, limit));
            isComplete = true;
            return Read.of(slice, highWatermark, log.logStartOffset(), transactions);
        } finally {
            if (!isComplete) {
                slice.close();
            }
        }
    }

    /** A read up to the end, exclusive, that the verdict allows. */
    private interface LogRead {
        Read upTo(long end) throws IOException;
    }

    private Read read(Replica replica, FetchVerdict verdict, LogRead logRead) {
        if (verdict instanceof FetchVerdict.Diverging diverging) {
            return Read.diverging(diverging.end(), replica.log().highWatermark(), log.logStartOffset());
        }
        if (verdict instanceof FetchVerdict.Refused refused) {
            return refused.error() == ErrorCode.OFFSET_OUT_OF_RANGE
                    ? Read.outOfRange(log.logStartOffset())
                    : Read.refused(refused.error());
        }
        if (!(verdict instanceof FetchVerdict.Read readable)) {
            throw new IllegalStateException("unknown verdict: " + verdict);
        }
        try {
            return logRead.upTo(readable.endOffset());
        } catch (OffsetNotInLogException e) {
            return Read.outOfRange(log.logStartOffset());
        } catch (IOException e) {
            return Read.refused(errors.errorOf(e));
        }
    }
}
