package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Adds partitions to topics.
 *
 * @param topics the topics
 * @param timeoutMs how long to wait for the partitions
 * @param validateOnly whether to only validate the request
 */
public record CreatePartitionsRequest(List<Topic> topics, int timeoutMs, boolean validateOnly)
        implements Request<CreatePartitionsResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.CREATE_PARTITIONS;
    }

    /**
     * A topic.
     *
     * @param name its name
     * @param count the new total number of partitions
     * @param assignments the replicas of the new partitions, in order; null to let the cluster choose
     */
    public record Topic(String name, int count, @Nullable List<Assignment> assignments) {}

    /**
     * The replicas of a new partition.
     *
     * @param brokerIds the brokers, preferred leader first
     */
    public record Assignment(List<Integer> brokerIds) {}
}
