package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of {@link AlterPartitionReassignmentsRequest}.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error of the whole request
 * @param errorMessage describes the error; null for nothing to add
 * @param responses the results by topic
 */
public record AlterPartitionReassignmentsResponse(
        int throttleTimeMs, ErrorCode errorCode, @Nullable String errorMessage, List<Topic> responses)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.ALTER_PARTITION_REASSIGNMENTS;
    }

    /**
     * The results for a topic.
     *
     * @param name the topic's name
     * @param partitions the results by partition
     */
    public record Topic(String name, List<Partition> partitions) {}

    /**
     * The result for a partition.
     *
     * @param partitionIndex its index
     * @param errorCode the error
     * @param errorMessage describes the error; null for nothing to add
     */
    public record Partition(
            int partitionIndex,
            ErrorCode errorCode,
            @Nullable String errorMessage) {}
}
