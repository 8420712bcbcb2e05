package io.tailrace.protocol.group;

/**
 * The key of the epoch of a target assignment.
 *
 * @param groupId the group
 */
public record ConsumerGroupTargetAssignmentMetadataKey(String groupId) implements GroupRecordKey {
    @Override
    public short type() {
        return 6;
    }
}
