package io.tailrace.protocol.group;

import java.util.List;

/**
 * The topics that match a pattern of a group.
 *
 * @param topics the topics
 * @param version the version of the cluster's metadata that they were found in
 * @param timestamp when they were found, in ms since 1970
 */
public record ConsumerGroupRegularExpressionValue(List<String> topics, long version, long timestamp)
        implements GroupRecordValue {
    @Override
    public short type() {
        return 16;
    }
}
