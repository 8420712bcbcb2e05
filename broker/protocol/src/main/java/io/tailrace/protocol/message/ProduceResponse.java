package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where record batches were appended.
 *
 * @param topics the answers by topic
 * @param throttleTimeMs how long the client should pause for a quota's sake
 */
public record ProduceResponse(List<Topic> topics, int throttleTimeMs) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.PRODUCE;
    }

    /**
     * The answers for a topic.
     *
     * @param name the topic
     * @param partitions the answers by partition
     */
    public record Topic(String name, List<Partition> partitions) {}

    /**
     * The answer for a partition.
     *
     * @param index the partition
     * @param errorCode what went wrong
     * @param baseOffset the offset of the first record appended, -1 for none
     * @param logAppendTimeMs the time of the append where the topic stamps it, else -1
     * @param logStartOffset the partition's log start offset, -1 if not known
     * @param recordErrors the records that made the batch be refused
     * @param errorMessage what went wrong, for people; null for nothing to add
     */
    public record Partition(
            int index,
            ErrorCode errorCode,
            long baseOffset,
            long logAppendTimeMs,
            @Since(5) @Default("-1") long logStartOffset,
            @Since(8) List<RecordError> recordErrors,
            @Since(8) @Nullable String errorMessage) {

        /** The answer to an append that went well, at the batch's own timestamps. */
        public static Partition appended(int index, long baseOffset, long logAppendTimeMs, long logStartOffset) {
            return new Partition(index, ErrorCode.NONE, baseOffset, logAppendTimeMs, logStartOffset, List.of(), null);
        }

        /** The answer to an append that was refused whole. */
        public static Partition refused(int index, ErrorCode errorCode, @Nullable String errorMessage) {
            return new Partition(index, errorCode, -1, -1, -1, List.of(), errorMessage);
        }
    }

    /**
     * What is wrong with one record.
     *
     * @param batchIndex the record's place in its batch
     * @param message what is wrong with it, for people; null for nothing to add
     */
    public record RecordError(int batchIndex, @Nullable String message) {}
}
