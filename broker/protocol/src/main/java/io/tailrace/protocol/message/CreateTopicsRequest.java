package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Creates topics.
 *
 * @param topics the topics
 * @param timeoutMs how long to wait until they are there
 * @param validateOnly whether to check only, and create nothing
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
     * @param numPartitions how many partitions; -1 for the broker's default, or with assignments
     * @param replicationFactor how many replicas of each; -1 for the broker's default, or with assignments
     * @param assignments which brokers hold which partition; empty to let the cluster choose
     * @param configs its configuration, where not the broker's default
     */
    public record Topic(
            String name,
            int numPartitions,
            short replicationFactor,
            List<Assignment> assignments,
            List<Config> configs) {}

    /**
     * Who holds a partition.
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
