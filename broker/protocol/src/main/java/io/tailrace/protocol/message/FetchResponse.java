package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Record batches of partitions, as they are in the log.
 *
 * @param throttleTimeMs how long the client should pause for a quota's sake
 * @param errorCode what went wrong with the whole request
 * @param sessionId the fetch session (KIP-227), 0 for none
 * @param topics the batches by topic
 */
public record FetchResponse(
        int throttleTimeMs,
        @Since(7) ErrorCode errorCode,
        @Since(7) int sessionId,
        List<Topic> topics) implements Response {

    /** An answer outside a session. */
    public FetchResponse(List<Topic> topics) {
        this(0, ErrorCode.NONE, 0, topics);
    }

    @Override
    public ApiKey api() {
        return ApiKey.FETCH;
    }

    /**
     * The batches of a topic.
     *
     * @param topic the topic
     * @param partitions the batches by partition
     */
    public record Topic(String topic, List<Partition> partitions) {}

    /**
     * The batches of a partition.
     *
     * @param partitionIndex its index
     * @param errorCode what went wrong
     * @param highWatermark its high watermark (exclusive), -1 if not known
     * @param lastStableOffset the first offset of the earliest open transaction, else the high watermark (exclusive)
     * @param logStartOffset its log start offset, -1 if not known
     * @param abortedTransactions transactions whose records a reader of committed records must skip; null reads as
     *     none
     * @param preferredReadReplica the broker to read from next time; -1 for this one
     * @param records the batches, the last one possibly cut; null reads as none, but a broker sends {@link
     *     RecordsPayload#EMPTY}, since librdkafka takes null for a broken response
     * @param divergingEpoch where a follower's log departs from the leader's (KIP-595), else {@link EpochEndOffset#NONE}
     * @param currentLeader the leader as this broker knows it, else {@link LeaderIdAndEpoch#NONE}
     * @param snapshotId a snapshot to read instead; Apache Kafka's metadata log only, else {@link SnapshotId#NONE}
     */
    public record Partition(
            int partitionIndex,
            ErrorCode errorCode,
            long highWatermark,
            long lastStableOffset,
            @Since(5) @Default("-1") long logStartOffset,
            @Nullable List<AbortedTransaction> abortedTransactions,
            @Since(11) @Default("-1") int preferredReadReplica,
            @Nullable RecordsPayload records,
            @Since(12) @Tagged(0) EpochEndOffset divergingEpoch,
            @Since(12) @Tagged(1) LeaderIdAndEpoch currentLeader,
            @Since(12) @Tagged(2) SnapshotId snapshotId) {

        /** Batches that were read, outside transactions; null is sent as none. */
        public static Partition read(
                int partitionIndex, long highWatermark, long logStartOffset, @Nullable RecordsPayload records) {
            return new Partition(
                    partitionIndex,
                    ErrorCode.NONE,
                    highWatermark,
                    highWatermark,
                    logStartOffset,
                    List.of(),
                    -1,
                    records == null ? RecordsPayload.EMPTY : records,
                    EpochEndOffset.NONE,
                    LeaderIdAndEpoch.NONE,
                    SnapshotId.NONE);
        }

        /** A follower's read that found its log to depart from the leader's. */
        public static Partition diverging(
                int partitionIndex, long highWatermark, long logStartOffset, EpochEndOffset divergingEpoch) {
            return new Partition(
                    partitionIndex,
                    ErrorCode.NONE,
                    highWatermark,
                    highWatermark,
                    logStartOffset,
                    List.of(),
                    -1,
                    RecordsPayload.EMPTY,
                    divergingEpoch,
                    LeaderIdAndEpoch.NONE,
                    SnapshotId.NONE);
        }

        /** A read that was refused. */
        public static Partition refused(int partitionIndex, ErrorCode errorCode) {
            return refused(partitionIndex, errorCode, -1);
        }

        /** A read that was refused, to a follower which must know where the log starts. */
        public static Partition refused(int partitionIndex, ErrorCode errorCode, long logStartOffset) {
            return new Partition(
                    partitionIndex,
                    errorCode,
                    -1,
                    -1,
                    logStartOffset,
                    List.of(),
                    -1,
                    RecordsPayload.EMPTY,
                    EpochEndOffset.NONE,
                    LeaderIdAndEpoch.NONE,
                    SnapshotId.NONE);
        }
    }

    /**
     * A transaction that was aborted.
     *
     * @param producerId its producer
     * @param firstOffset the offset of its first record
     */
    public record AbortedTransaction(long producerId, long firstOffset) {}

    /**
     * The end of an epoch.
     *
     * @param epoch the largest epoch that both logs have; -1 for none
     * @param endOffset its end offset in the leader's log (exclusive); -1 for none
     */
    public record EpochEndOffset(
            @Default("-1") int epoch, @Default("-1") long endOffset) {
        /** No divergence. */
        public static final EpochEndOffset NONE = new EpochEndOffset(-1, -1);
    }

    /**
     * A leader and its epoch.
     *
     * @param leaderId the leader's broker id; -1 for none
     * @param leaderEpoch the leader's epoch; -1 for none
     */
    public record LeaderIdAndEpoch(
            @Default("-1") int leaderId, @Default("-1") int leaderEpoch) {
        /** Nothing to tell. */
        public static final LeaderIdAndEpoch NONE = new LeaderIdAndEpoch(-1, -1);
    }

    /**
     * A snapshot of a metadata log.
     *
     * @param endOffset its end offset (exclusive); -1 for none
     * @param epoch its epoch; -1 for none
     */
    public record SnapshotId(
            @Default("-1") long endOffset, @Default("-1") int epoch) {
        /** No snapshot. */
        public static final SnapshotId NONE = new SnapshotId(-1, -1);
    }
}
