package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Creates topics.
 *
 * @param topics the topics
 * @param timeoutMs how long to wait for their creation
 * @param validateOnly whether to only validate the request
 */
public record CreateTopicsRequest(List<Topic> topics, int timeoutMs, boolean validateOnly)
        implements Request<CreateTopicsResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.CREATE_TOPICS;
    }

    /**
     * A topic.
     *
     * @param name its name
     * @param numPartitions number of partitions; -1 for the broker's default or with assignments
     * @param replicationFactor number of replicas of each partition; -1 for the broker's default or with assignments
     * @param assignments the replicas of each partition; empty to let the cluster choose
     * @param configs its settings, if not the broker's defaults
     */
    public record Topic(
            String name,
            int numPartitions,
            short replicationFactor,
            List<Assignment> assignments,
            List<Config> configs) {}

    /**
     * The replicas of a partition.
     *
     * @param partitionIndex the partition
     * @param brokerIds the brokers, preferred leader first
     */
    public record Assignment(int partitionIndex, List<Integer> brokerIds) {}

    /**
     * A setting.
     *
     * @param name its name
     * @param value its value; null for the default
     */
    public record Config(String name, @Nullable String value) {}
}
