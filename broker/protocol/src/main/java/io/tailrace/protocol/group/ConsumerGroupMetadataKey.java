package io.tailrace.protocol.group;

/**
 * The key of the epoch of a group of the consumer protocol.
 *
 * @param groupId the group
 */
public record ConsumerGroupMetadataKey(String groupId) implements GroupRecordKey {
    @Override
    public short type() {
        return 3;
    }
}
