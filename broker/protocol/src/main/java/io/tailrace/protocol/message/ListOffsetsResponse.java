package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;

/**
 * Offsets by timestamp.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param topics the offsets by topic
 */
public record ListOffsetsResponse(@Since(2) int throttleTimeMs, List<Topic> topics) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.LIST_OFFSETS;
    }

    /**
     * The offsets of a topic.
     *
     * @param name the topic
     * @param partitions the offsets by partition
     */
    public record Topic(String name, List<Partition> partitions) {}

    /**
     * The offset in a partition.
     *
     * @param partitionIndex its index
     * @param errorCode the error
     * @param timestamp the timestamp of the record found; -1 for none and for the start and end of the log
     * @param offset the offset of the first record at or after the requested time; -1 for none
     * @param leaderEpoch the epoch of that record; -1 if not known
     */
    public record Partition(
            int partitionIndex,
            ErrorCode errorCode,
            long timestamp,
            long offset,
            @Since(4) @Default("-1") int leaderEpoch) {}
}
