package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Record batches, byte for byte as they are in the log.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error of the whole request
 * @param sessionId the fetch session (KIP-227), 0 for none
 * @param topics the batches by topic
 * @param nodeEndpoints the addresses of leaders that the partitions name (KIP-951); a broker sends none
 */
public record FetchResponse(
        int throttleTimeMs,
        @Since(7) ErrorCode errorCode,
        @Since(7) int sessionId,
        List<Topic> topics,
        @Since(16) @Tagged(0) List<NodeEndpoint> nodeEndpoints)
        implements Response {

    /** A response outside a session. */
    public FetchResponse(List<Topic> topics) {
        this(0, ErrorCode.NONE, 0, topics);
    }

    /** A response without addresses. */
    public FetchResponse(int throttleTimeMs, ErrorCode errorCode, int sessionId, List<Topic> topics) {
        this(throttleTimeMs, errorCode, sessionId, topics, List.of());
    }

    @Override
    public ApiKey api() {
        return ApiKey.FETCH;
    }

    /**
     * The batches of a topic.
     *
     * @param topic the topic's name
     * @param topicId the topic's id, all zeros if the request named topics by name
     * @param partitions the batches by partition
     */
    public record Topic(@Until(12) String topic, @Since(13) UUID topicId, List<Partition> partitions) {
        /** The batches of a topic that the request named by name. */
        public Topic(String topic, List<Partition> partitions) {
            this(topic, new UUID(0, 0), partitions);
        }
    }

    /**
     * The batches of a partition.
     *
     * @param partitionIndex its index
     * @param errorCode the error
     * @param highWatermark its high watermark (exclusive), -1 if not known
     * @param lastStableOffset the first offset of the earliest open transaction, or the high watermark (exclusive)
     * @param logStartOffset its log start offset, -1 if not known
     * @param abortedTransactions transactions whose records a reader of committed transactions must skip; null
     *     means none
     * @param preferredReadReplica the broker to read from next; -1 for this one
     * @param records the batches, the last one possibly truncated; null means none, but a broker sends {@link
     *     RecordsPayload#EMPTY}, since librdkafka rejects null
     * @param divergingEpoch where the follower's log diverges from the leader's (KIP-595), or {@link
     *     EpochEndOffset#NONE}
     * @param currentLeader the leader this broker knows, or {@link LeaderIdAndEpoch#NONE}
     * @param snapshotId a snapshot to read instead, only in Apache Kafka's metadata log, or {@link SnapshotId#NONE}
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
        /** {@link #preferredReadReplica} of an answer that sends the consumer to no other replica. */
        public static final int NO_PREFERENCE = -1;

        /** A successful read, without transactions. */
        public static Partition read(
                int partitionIndex, long highWatermark, long logStartOffset, @Nullable RecordsPayload records) {
            return success(
                    partitionIndex,
                    highWatermark,
                    logStartOffset,
                    records == null ? RecordsPayload.EMPTY : records,
                    EpochEndOffset.NONE);
        }

        /** A follower's read that found that its log diverges from the leader's. */
        public static Partition diverging(
                int partitionIndex, long highWatermark, long logStartOffset, EpochEndOffset divergingEpoch) {
            return success(partitionIndex, highWatermark, logStartOffset, RecordsPayload.EMPTY, divergingEpoch);
        }

        private static Partition success(
                int partitionIndex,
                long highWatermark,
                long logStartOffset,
                RecordsPayload records,
                EpochEndOffset divergingEpoch) {
            return new Partition(
                    partitionIndex,
                    ErrorCode.NONE,
                    highWatermark,
                    highWatermark,
                    logStartOffset,
                    List.of(),
                    NO_PREFERENCE,
                    records,
                    divergingEpoch,
                    LeaderIdAndEpoch.NONE,
                    SnapshotId.NONE);
        }

        /** The same, for a reader of committed transactions. */
        public Partition withTransactions(long stableOffset, List<AbortedTransaction> aborted) {
            return new Partition(
                    partitionIndex,
                    errorCode,
                    highWatermark,
                    stableOffset,
                    logStartOffset,
                    aborted,
                    preferredReadReplica,
                    records,
                    divergingEpoch,
                    currentLeader,
                    snapshotId);
        }

        /** The same, for a consumer that should read from another replica from now on. */
        public Partition withPreferredReadReplica(int brokerId) {
            return new Partition(
                    partitionIndex,
                    errorCode,
                    highWatermark,
                    lastStableOffset,
                    logStartOffset,
                    abortedTransactions,
                    brokerId,
                    records,
                    divergingEpoch,
                    currentLeader,
                    snapshotId);
        }

        /** A refused read. */
        public static Partition refused(int partitionIndex, ErrorCode errorCode) {
            return refused(partitionIndex, errorCode, -1);
        }

        /** A refused read, with the log start offset that a follower needs. */
        public static Partition refused(int partitionIndex, ErrorCode errorCode, long logStartOffset) {
            return new Partition(
                    partitionIndex,
                    errorCode,
                    -1,
                    -1,
                    logStartOffset,
                    List.of(),
                    NO_PREFERENCE,
                    RecordsPayload.EMPTY,
                    EpochEndOffset.NONE,
                    LeaderIdAndEpoch.NONE,
                    SnapshotId.NONE);
        }
    }

    /**
     * The address of a broker.
     *
     * @param nodeId the broker's id
     * @param host its host name
     * @param port its port
     * @param rack its rack; null for none
     */
    public record NodeEndpoint(
            int nodeId, String host, int port, @Nullable String rack) {}

    /**
     * An aborted transaction.
     *
     * @param producerId its producer
     * @param firstOffset the offset of its first record
     */
    public record AbortedTransaction(long producerId, long firstOffset) {}

    /**
     * The end of an epoch.
     *
     * @param epoch the largest epoch in both logs; -1 for none
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
        /** No leader given. */
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
