package io.tailrace.protocol.group;

/**
 * The key of the topics that match a pattern of a group.
 *
 * @param groupId the group
 * @param regularExpression the pattern
 */
public record ConsumerGroupRegularExpressionKey(String groupId, String regularExpression) implements GroupRecordKey {
    @Override
    public short type() {
        return 16;
    }
}
