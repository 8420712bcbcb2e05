package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.Incarnation;
import java.util.Map;

/**
 * A partition on one broker: in one of three roles, with what may be done in it. Immutable.
 *
 * <p>An answer given here holds as long as the caller keeps the partition's lock.
 */
public sealed interface Replica permits Offline, Follower, Leader {

    /** Of a fetch or a produce that does not say which leader epoch it expects. */
    int ANY_EPOCH = -1;

    /** What is known of the partition. */
    PartitionView view();

    /** What is known of its log on this broker. */
    LogView log();

    /** A partition that nothing has been read about yet, on a broker that is not registered yet. */
    static Replica opened(TopicPartition partition, int brokerId, int minInsyncReplicas, LogView log) {
        PartitionView view =
                new PartitionView(partition, new Incarnation(brokerId, Broker.NONE), Map.of(), minInsyncReplicas, null);
        return new Offline(view, log, Offline.Reason.FENCED);
    }

    /** The leader epoch known here, {@link LeaderEpochs#UNKNOWN} if none is. */
    default int leaderEpoch() {
        PartitionView.Agreed agreed = view().agreedOrNull();
        return agreed == null ? LeaderEpochs.UNKNOWN : agreed.state().leaderEpoch();
    }

    /**
     * Whether this replica may lead whoever believes in this leader epoch, {@link #ANY_EPOCH} for one who does not say:
     * {@code NONE} or the error to answer. Ask this before answering any request that only a leader may answer.
     */
    default ErrorCode leads(int currentLeaderEpoch) {
        if (currentLeaderEpoch != ANY_EPOCH && currentLeaderEpoch != leaderEpoch()) {
            return currentLeaderEpoch < leaderEpoch() ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH;
        }
        return refusal();
    }

    /** {@code NONE} from a leader, or why this replica does not lead. */
    ErrorCode refusal();

    /**
     * Whether a batch may be appended now: {@code NONE} or the error to answer.
     *
     * @param allInsync true for {@code acks=all}
     */
    default ErrorCode appendable(boolean allInsync) {
        return refusal();
    }

    /**
     * Whether everything below {@code offset} (exclusive) is acknowledged by all in-sync replicas. A produce with
     * {@code acks=all} waits until its end is, also one that repeats an earlier one.
     */
    default boolean acknowledged(long offset) {
        return log().highWatermark() >= offset;
    }
}
