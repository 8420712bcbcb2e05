package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of {@link ProduceRequest}.
 *
 * @param topics the results by topic
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param nodeEndpoints the addresses of the leaders that the results name (KIP-951)
 */
public record ProduceResponse(
        List<Topic> topics,
        @Since(1) int throttleTimeMs,
        @Since(10) @Tagged(0) List<FetchResponse.NodeEndpoint> nodeEndpoints)
        implements Response {
    /** An answer that names no leaders. */
    public ProduceResponse(List<Topic> topics, int throttleTimeMs) {
        this(topics, throttleTimeMs, List.of());
    }

    @Override
    public ApiKey api() {
        return ApiKey.PRODUCE;
    }

    /**
     * The results for a topic.
     *
     * @param name the topic
     * @param partitions the results by partition
     */
    public record Topic(String name, List<Partition> partitions) {}

    /**
     * The result for a partition.
     *
     * @param index the partition
     * @param errorCode the error
     * @param baseOffset the offset of the first record appended, -1 for none
     * @param logAppendTimeMs the time of the append if the topic's timestamps are LogAppendTime, else -1
     * @param logStartOffset the partition's log start offset, -1 if not known
     * @param recordErrors the records because of which the batch was refused
     * @param errorMessage describes the error; null for nothing to add
     * @param currentLeader the leader, if it is another broker
     */
    public record Partition(
            int index,
            ErrorCode errorCode,
            long baseOffset,
            @Since(2) @Default("-1") long logAppendTimeMs,
            @Since(5) @Default("-1") long logStartOffset,
            @Since(8) List<RecordError> recordErrors,
            @Since(8) @Nullable String errorMessage,
            @Since(10) @Tagged(0) FetchResponse.LeaderIdAndEpoch currentLeader) {

        /** A result that names no leader. */
        public Partition(
                int index,
                ErrorCode errorCode,
                long baseOffset,
                long logAppendTimeMs,
                long logStartOffset,
                List<RecordError> recordErrors,
                @Nullable String errorMessage) {
            this(
                    index,
                    errorCode,
                    baseOffset,
                    logAppendTimeMs,
                    logStartOffset,
                    recordErrors,
                    errorMessage,
                    FetchResponse.LeaderIdAndEpoch.NONE);
        }

        /** A successful append. */
        public static Partition appended(int index, long baseOffset, long logAppendTimeMs, long logStartOffset) {
            return new Partition(index, ErrorCode.NONE, baseOffset, logAppendTimeMs, logStartOffset, List.of(), null);
        }

        /** A refused append. */
        public static Partition refused(int index, ErrorCode errorCode, @Nullable String errorMessage) {
            return new Partition(index, errorCode, -1, -1, -1, List.of(), errorMessage);
        }
    }

    /**
     * The error of one record.
     *
     * @param batchIndex the record's index in its batch
     * @param message describes the error; null for nothing to add
     */
    public record RecordError(int batchIndex, @Nullable String message) {}
}
