package io.tailrace.protocol.group;

/**
 * The key of a member of the consumer protocol.
 *
 * @param groupId the group
 * @param memberId the member
 */
public record ConsumerGroupMemberMetadataKey(String groupId, String memberId) implements GroupRecordKey {
    @Override
    public short type() {
        return 5;
    }
}
