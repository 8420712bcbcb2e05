package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives partitions other replicas, or stops doing so (KIP-455). The answer does not wait until they have caught up.
 *
 * @param timeoutMs how long to wait until it is under way
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
     * @param replicas the brokers that shall hold it, preferred leader first; null to cancel what is under way
     */
    public record Partition(int partitionIndex, @Nullable List<Integer> replicas) {}
}
