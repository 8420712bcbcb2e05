package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Starts or cancels the reassignment of partitions to other replicas (KIP-455). The response does not wait until the
 * new replicas have caught up.
 *
 * @param timeoutMs how long to wait until the reassignment has started
 * @param topics the partitions
 */
public record AlterPartitionReassignmentsRequest(int timeoutMs, List<Topic> topics)
        implements Request<AlterPartitionReassignmentsResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.ALTER_PARTITION_REASSIGNMENTS;
    }

    /**
     * The partitions of a topic.
     *
     * @param name the topic's name
     * @param partitions the partitions
     */
    public record Topic(String name, List<Partition> partitions) {}

    /**
     * A partition.
     *
     * @param partitionIndex its index
     * @param replicas the new replicas, preferred leader first; null to cancel the reassignment
     */
    public record Partition(int partitionIndex, @Nullable List<Integer> replicas) {}
}
