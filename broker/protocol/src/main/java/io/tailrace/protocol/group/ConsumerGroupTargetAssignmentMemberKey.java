package io.tailrace.protocol.group;

/**
 * The key of the partitions that a member should have.
 *
 * @param groupId the group
 * @param memberId the member
 */
public record ConsumerGroupTargetAssignmentMemberKey(String groupId, String memberId) implements GroupRecordKey {
    @Override
    public short type() {
        return 7;
    }
}
