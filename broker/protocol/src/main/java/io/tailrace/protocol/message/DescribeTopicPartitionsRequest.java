package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for topics' partitions, so many at a time (KIP-966).
 *
 * @param topics the topics; none for all
 * @param responsePartitionLimit how many partitions the answer may have; the broker may have a lower limit
 * @param cursor where to go on, as the answer before said; null to begin
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
     * The first partition to be told next; topics go by name, partitions by index.
     *
     * @param topicName the topic
     * @param partitionIndex the partition's index
     */
    public record Cursor(String topicName, int partitionIndex) {}
}
