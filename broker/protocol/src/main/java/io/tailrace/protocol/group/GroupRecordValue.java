package io.tailrace.protocol.group;

/** The value of a record of {@code __consumer_offsets}. */
public sealed interface GroupRecordValue
        permits OffsetCommitValue,
                GroupMetadataValue,
                ConsumerGroupMetadataValue,
                ConsumerGroupPartitionMetadataValue,
                ConsumerGroupMemberMetadataValue,
                ConsumerGroupTargetAssignmentMetadataValue,
                ConsumerGroupTargetAssignmentMemberValue,
                ConsumerGroupCurrentMemberAssignmentValue,
                ConsumerGroupRegularExpressionValue {

    /** The number of the record's type, as in its key. */
    short type();

    /** The version in which this value is written. */
    default short writtenVersion() {
        return 0;
    }
}
