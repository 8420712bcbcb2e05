package io.tailrace.protocol.group;

import java.util.List;
import java.util.UUID;

/**
 * The partitions that a member should have.
 *
 * @param topicPartitions the partitions
 */
public record ConsumerGroupTargetAssignmentMemberValue(List<TopicPartition> topicPartitions)
        implements GroupRecordValue {
    @Override
    public short type() {
        return 7;
    }

    /**
     * Partitions of a topic.
     *
     * @param topicId the topic's id
     * @param partitions the indexes of its partitions
     */
    public record TopicPartition(UUID topicId, List<Integer> partitions) {}
}
