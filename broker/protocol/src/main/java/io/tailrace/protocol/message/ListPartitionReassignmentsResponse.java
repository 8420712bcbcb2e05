package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that are being reassigned.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error
 * @param errorMessage describes the error; null for nothing to add
 * @param topics the partitions by topic
 */
public record ListPartitionReassignmentsResponse(
        int throttleTimeMs, ErrorCode errorCode, @Nullable String errorMessage, List<Topic> topics)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.LIST_PARTITION_REASSIGNMENTS;
    }

    /**
     * The partitions of a topic.
     *
     * @param name the topic's name
     * @param partitions the partitions
     */
    public record Topic(String name, List<Partition> partitions) {}

    /**
     * A partition that is being reassigned.
     *
     * @param partitionIndex its index
     * @param replicas the current replicas, including those being added and removed
     * @param addingReplicas the replicas being added
     * @param removingReplicas the replicas being removed, once the others have caught up
     */
    public record Partition(
            int partitionIndex, List<Integer> replicas, List<Integer> addingReplicas, List<Integer> removingReplicas) {}
}
