package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Deletes committed offsets of a group.
 *
 * @param groupId the group
 * @param topics the partitions
 */
public record OffsetDeleteRequest(String groupId, List<Topic> topics) implements Request<OffsetDeleteResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.OFFSET_DELETE;
    }

    /**
     * Partitions of a topic.
     *
     * @param name the topic
     * @param partitions its partitions
     */
    public record Topic(String name, List<Partition> partitions) {}

    /**
     * A partition.
     *
     * @param partitionIndex its index
     */
    public record Partition(int partitionIndex) {}
}
