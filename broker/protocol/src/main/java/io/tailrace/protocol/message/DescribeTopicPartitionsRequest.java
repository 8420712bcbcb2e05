package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes the partitions of topics, a limited number at a time (KIP-966).
 *
 * @param topics the topics; empty for all
 * @param responsePartitionLimit the most partitions to return; the broker may have a lower limit
 * @param cursor the first partition to return, from the previous response; null at first
 */
public record DescribeTopicPartitionsRequest(
        List<Topic> topics,
        int responsePartitionLimit,
        @Nullable Cursor cursor) implements Request<DescribeTopicPartitionsResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_TOPIC_PARTITIONS;
    }

    /**
     * A topic.
     *
     * @param name its name
     */
    public record Topic(String name) {}

    /**
     * The next partition to return. Topics are ordered by name, partitions by index.
     *
     * @param topicName the topic
     * @param partitionIndex the partition's index
     */
    public record Cursor(String topicName, int partitionIndex) {}
}
