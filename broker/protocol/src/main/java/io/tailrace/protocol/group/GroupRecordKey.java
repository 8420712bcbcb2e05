package io.tailrace.protocol.group;

/** The key of a record of {@code __consumer_offsets}; its type says what the record describes. */
public sealed interface GroupRecordKey
        permits OffsetCommitKey,
                GroupMetadataKey,
                ConsumerGroupMetadataKey,
                ConsumerGroupPartitionMetadataKey,
                ConsumerGroupMemberMetadataKey,
                ConsumerGroupTargetAssignmentMetadataKey,
                ConsumerGroupTargetAssignmentMemberKey,
                ConsumerGroupCurrentMemberAssignmentKey,
                ConsumerGroupRegularExpressionKey {

    /** The number of the record's type, with which its key begins. */
    short type();
}
