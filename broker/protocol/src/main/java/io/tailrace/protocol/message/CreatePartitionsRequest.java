package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Grows topics.
 *
 * @param topics the topics
 * @param timeoutMs how long to wait until the partitions are there
 * @param validateOnly whether to check only, and create nothing
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
     * @param count how many partitions it shall have in all
     * @param assignments which brokers hold the new ones, in order; null to let the cluster choose
     */
    public record Topic(String name, int count, @Nullable List<Assignment> assignments) {}

    /**
     * Who holds a new partition.
     *
     * @param brokerIds the brokers, preferred leader first
     */
    public record Assignment(List<Integer> brokerIds) {}
}
