package io.tailrace.protocol.group;

/**
 * The key of the partitions that a member has.
 *
 * @param groupId the group
 * @param memberId the member
 */
public record ConsumerGroupCurrentMemberAssignmentKey(String groupId, String memberId) implements GroupRecordKey {
    @Override
    public short type() {
        return 8;
    }
}
