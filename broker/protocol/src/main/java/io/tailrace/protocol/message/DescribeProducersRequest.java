package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Asks for the idempotent and transactional producers of partitions (KIP-664).
 *
 * @param topics the partitions by topic
 */
public record DescribeProducersRequest(List<Topic> topics) implements Request<DescribeProducersResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_PRODUCERS;
    }

    /**
     * Partitions of a topic.
     *
     * @param name the topic
     * @param partitionIndexes the indexes of the partitions
     */
    public record Topic(String name, List<Integer> partitionIndexes) {}
}
