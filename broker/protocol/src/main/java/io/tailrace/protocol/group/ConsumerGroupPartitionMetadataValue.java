package io.tailrace.protocol.group;

import java.util.List;
import java.util.UUID;

/**
 * The topics that a group subscribed to.
 *
 * @param topics the topics
 */
public record ConsumerGroupPartitionMetadataValue(List<TopicMetadata> topics) implements GroupRecordValue {
    @Override
    public short type() {
        return 4;
    }

    /**
     * A topic.
     *
     * @param topicId its id
     * @param topicName its name
     * @param numPartitions its number of partitions
     * @param partitionMetadata the racks of its partitions; empty if not known
     */
    public record TopicMetadata(
            UUID topicId, String topicName, int numPartitions, List<PartitionMetadata> partitionMetadata) {}

    /**
     * The racks of a partition.
     *
     * @param partition the partition
     * @param racks the racks of its replicas
     */
    public record PartitionMetadata(int partition, List<String> racks) {}
}
