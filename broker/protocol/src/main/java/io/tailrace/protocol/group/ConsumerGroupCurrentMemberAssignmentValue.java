package io.tailrace.protocol.group;

import io.tailrace.protocol.message.Default;
import io.tailrace.protocol.message.Tagged;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that a member has.
 *
 * @param memberEpoch the member's epoch
 * @param previousMemberEpoch its epoch before; accepted too, since the answer with the new one may be lost
 * @param state the member's state, as Kafka numbers them: 0 stable, 1 gives up partitions, 2 waits for partitions, 127 unknown
 * @param assignedPartitions the partitions that it has
 * @param partitionsPendingRevocation the partitions that it must give up
 */
public record ConsumerGroupCurrentMemberAssignmentValue(
        int memberEpoch,
        int previousMemberEpoch,
        byte state,
        List<TopicPartitions> assignedPartitions,
        List<TopicPartitions> partitionsPendingRevocation)
        implements GroupRecordValue {
    @Override
    public short type() {
        return 8;
    }

    /**
     * Partitions of a topic.
     *
     * @param topicId the topic's id
     * @param partitions the indexes of its partitions
     * @param assignmentEpochs by partition, the member's epoch when it got the partition (KIP-1251); empty or null if not known
     */
    public record TopicPartitions(
            UUID topicId,
            List<Integer> partitions,
            @Tagged(0) @Default("[]") @Nullable List<Integer> assignmentEpochs) {}
}
