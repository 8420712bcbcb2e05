package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks which partitions are being reassigned (KIP-455).
 *
 * @param timeoutMs how long to wait for the response
 * @param topics the partitions; null for all
 */
public record ListPartitionReassignmentsRequest(
        int timeoutMs, @Nullable List<Topic> topics) implements Request<ListPartitionReassignmentsResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.LIST_PARTITION_REASSIGNMENTS;
    }

    /**
     * The partitions of a topic.
     *
     * @param name the topic's name
     * @param partitionIndexes their indexes
     */
    public record Topic(String name, List<Integer> partitionIndexes) {}
}
