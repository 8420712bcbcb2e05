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

    /** Whether this broker is the leader in the newest state that it has read, even if its session or lease has ended. */
    default boolean isLastKnownLeader() {
        return false;
    }

    /**
     * What a consumer gets from a broker that may not act as leader because its lease or session has ended (ADR 70). The
     * last known leader still serves records below its high watermark: they are committed, so every newer leader has them.
     * Any other offset is refused with {@code NOT_LEADER_OR_FOLLOWER}, so that the consumer looks for a newer leader.
     */
    default FetchVerdict committedRead(long fetchOffset, int currentLeaderEpoch) {
        ErrorCode refusal =
                leadershipIn(currentLeaderEpoch).map(leader -> ErrorCode.NOT_LEADER_OR_FOLLOWER, error -> error);
        boolean committed = fetchOffset >= log().startOffset() && fetchOffset < log().highWatermark();
        return committed && isLastKnownLeader() && refusal == ErrorCode.NOT_LEADER_OR_FOLLOWER
                ? new FetchVerdict.Read(log().highWatermark())
                : new FetchVerdict.Refused(refusal);
    }
}
