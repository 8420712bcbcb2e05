package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;

/**
 * Which offsets were kept.
 *
 * @param throttleTimeMs how long the client should pause for a quota's sake
 * @param topics the answers by topic
 */
public record OffsetCommitResponse(@Since(3) int throttleTimeMs, List<Topic> topics) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.OFFSET_COMMIT;
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
     * @param partitionIndex the partition
     * @param errorCode what went wrong
     */
    public record Partition(int partitionIndex, ErrorCode errorCode) {}
}
