package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.Incarnation;
import java.util.Map;

/**
 * A partition on one broker, in one of three roles. Immutable.
 *
 * <p>An answer given here holds as long as the caller keeps the partition's lock.
 */
public sealed interface Replica permits Offline, Follower, Leader {

    /** The leader epoch in a request that accepts any. */
    int ANY_EPOCH = -1;

    /** What is known about the partition. */
    PartitionView view();

    /** What is known about its log on this broker. */
    LogView log();

    /** A partition whose assignment has not arrived yet, on a broker that is not registered yet. */
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

    /** Whether this replica leads. */
    Leadership leadership();

    /**
     * Whether this replica leads for a request that expects this leader epoch, or {@link #ANY_EPOCH}. Ask this before
     * answering a request that only a leader may answer.
     */
    default Leadership leadershipIn(int currentLeaderEpoch) {
        if (currentLeaderEpoch == ANY_EPOCH || currentLeaderEpoch == leaderEpoch()) {
            return leadership();
        }
        return new NotLeader(
                currentLeaderEpoch < leaderEpoch() ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH);
    }
}
