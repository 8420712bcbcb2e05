package io.tailrace.protocol.group;

import io.tailrace.protocol.message.Tagged;

/**
 * The epoch of a target assignment.
 *
 * @param assignmentEpoch the epoch of the group that it was computed for
 * @param assignmentTimestamp when it was computed, in ms since 1970; 0 if not known
 */
public record ConsumerGroupTargetAssignmentMetadataValue(
        int assignmentEpoch, @Tagged(0) long assignmentTimestamp) implements GroupRecordValue {
    @Override
    public short type() {
        return 6;
    }
}
