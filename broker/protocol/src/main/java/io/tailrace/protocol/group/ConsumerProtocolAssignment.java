package io.tailrace.protocol.group;

import io.tailrace.protocol.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of a consumer: its assignment in a SyncGroup request.
 *
 * @param assignedPartitions the partitions
 * @param userData the assignor's own data; null for none
 */
public record ConsumerProtocolAssignment(
        List<Topic> assignedPartitions, @Nullable Bytes userData) {
    /**
     * Partitions of a topic.
     *
     * @param topic the topic
     * @param partitions the indexes of its partitions
     */
    public record Topic(String topic, List<Integer> partitions) {}
}
