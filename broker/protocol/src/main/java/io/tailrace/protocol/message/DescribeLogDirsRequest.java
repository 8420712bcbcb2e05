package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks a broker for its log directories and the logs in them (KIP-113).
 *
 * @param topics the partitions; null for all
 */
public record DescribeLogDirsRequest(@Nullable List<Topic> topics) implements Request<DescribeLogDirsResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_LOG_DIRS;
    }

    /**
     * The partitions of a topic.
     *
     * @param topic the topic's name
     * @param partitions their indexes
     */
    public record Topic(String topic, List<Integer> partitions) {}
}
