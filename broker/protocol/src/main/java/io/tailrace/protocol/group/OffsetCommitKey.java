package io.tailrace.protocol.group;

/**
 * The key of a committed offset. Keys of type 0, which Kafka wrote before version 0.9, are read as such keys.
 *
 * @param group the group
 * @param topic the topic
 * @param partition the partition
 */
public record OffsetCommitKey(String group, String topic, int partition) implements GroupRecordKey {
    @Override
    public short type() {
        return 1;
    }
}
