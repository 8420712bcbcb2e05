package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which partitions are being reassigned now, or not any more.
 *
 * @param throttleTimeMs how long the client should pause for a quota's sake
 * @param errorCode what went wrong with all of them
 * @param errorMessage what went wrong, for people; null for nothing to add
 * @param responses the answers by topic
 */
public record AlterPartitionReassignmentsResponse(
        int throttleTimeMs, ErrorCode errorCode, @Nullable String errorMessage, List<Topic> responses)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.ALTER_PARTITION_REASSIGNMENTS;
    }

    /**
     * The answers for a topic.
     *
     * @param name the topic's name
     * @param partitions the answers by partition
     */
    public record Topic(String name, List<Partition> partitions) {}

    /**
     * The answer for a partition.
     *
     * @param partitionIndex its index
     * @param errorCode what went wrong
     * @param errorMessage what went wrong, for people; null for nothing to add
     */
    public record Partition(
            int partitionIndex,
            ErrorCode errorCode,
            @Nullable String errorMessage) {}
}
