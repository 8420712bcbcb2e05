package io.tailrace.protocol.group;

/**
 * The key of the topics that a group subscribed to. Kafka 4.0 and later only delete such records.
 *
 * @param groupId the group
 */
public record ConsumerGroupPartitionMetadataKey(String groupId) implements GroupRecordKey {
    @Override
    public short type() {
        return 4;
    }
}
