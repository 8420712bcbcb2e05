package io.tailrace.server.partition;

import io.tailrace.log.OffsetNotInLogException;
import io.tailrace.log.ReplicaLog;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.FetchVerdict;
import io.tailrace.replication.Follower;
import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.Leadership;
import io.tailrace.replication.Replica;
import java.io.IOException;

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

    Read read(long offset, int currentLeaderEpoch, int bytesMax, boolean atLeastOneBatch) {
        return role.leadershipIn(currentLeaderEpoch)
                .map(
                        leader -> read(
                                offset,
                                leader.consumerFetch(offset),
                                leader.log().highWatermark(),
                                bytesMax,
                                atLeastOneBatch),
                        notLeader -> readCommitted(offset, currentLeaderEpoch, bytesMax, atLeastOneBatch));
    }

    /** Sends the consumer to another leader, never to another offset, because this log may be out of date. */
    private Read readCommitted(long offset, int currentLeaderEpoch, int bytesMax, boolean atLeastOneBatch) {
        Replica replica = role.replica();
        FetchVerdict verdict = replica.committedRead(offset, currentLeaderEpoch);
        Read read = read(offset, verdict, replica.log().highWatermark(), bytesMax, atLeastOneBatch);
        return read.error() == ErrorCode.OFFSET_OUT_OF_RANGE ? Read.refused(ErrorCode.NOT_LEADER_OR_FOLLOWER) : read;
    }

    Read readFromFollower(long offset, int currentLeaderEpoch, int bytesMax, boolean atLeastOneBatch) {
        if (!(role.replica() instanceof Follower follower)) {
            return read(offset, currentLeaderEpoch, bytesMax, atLeastOneBatch);
        }
        Leadership leadership = follower.leadershipIn(currentLeaderEpoch);
        ErrorCode error = leadership.map(leader -> ErrorCode.NONE, refusal -> refusal);
        if (error != ErrorCode.NOT_LEADER_OR_FOLLOWER || !role.holdsLease()) {
            return Read.refused(error);
        }
        Read read =
                read(offset, follower.consumerFetch(offset), follower.log().highWatermark(), bytesMax, atLeastOneBatch);
        return read.error() == ErrorCode.OFFSET_OUT_OF_RANGE ? Read.refused(ErrorCode.OFFSET_NOT_AVAILABLE) : read;
    }

    Read read(FollowerFetch fetch, int bytesMax, boolean atLeastOneBatch) {
        return role.leadershipIn(fetch.currentLeaderEpoch())
                .map(
                        leader -> read(
                                fetch.fetchOffset(),
                                leader.followerFetch(fetch),
                                leader.log().highWatermark(),
                                bytesMax,
                                atLeastOneBatch),
                        Read::refused);
    }

    private Read read(long offset, FetchVerdict verdict, long highWatermark, int bytesMax, boolean atLeastOneBatch) {
        if (verdict instanceof FetchVerdict.Diverging diverging) {
            return Read.diverging(diverging.end(), highWatermark, log.logStartOffset());
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
            return Read.of(
                    log.read(offset, bytesMax, readable.endOffset(), atLeastOneBatch),
                    highWatermark,
                    log.logStartOffset());
        } catch (OffsetNotInLogException e) {
            return Read.outOfRange(log.logStartOffset());
        } catch (IOException e) {
            return Read.refused(errors.errorOf(e));
        }
    }
}
