package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.codec.MalformedMessageException;
import io.tailrace.protocol.group.OffsetCommitKey;
import io.tailrace.protocol.group.OffsetCommitValue;
import io.tailrace.protocol.group.OffsetsTopic;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A commit as brokers store it in {@link #TOPIC}.
 *
 * @param group the group that committed
 * @param partition the partition
 * @param offset the committed offset (exclusive: the next to be read)
 * @param committedAtMs when it was committed, in milliseconds since the epoch
 */
public record StoredCommit(String group, TopicPartition partition, long offset, long committedAtMs) {
    /** The topic that stores commits. */
    public static final String TOPIC = OffsetsTopic.NAME;

    /** The partition of {@link #TOPIC} that stores the commits of a group, if the topic has this many partitions. */
    public static int partitionOf(String group, int partitions) {
        return OffsetsTopic.partitionOf(group, partitions);
    }

    /** Reads a record of {@link #TOPIC}; empty if it is not a commit, removes one, or cannot be read. */
    public static Optional<StoredCommit> of(ConsumerRecord record) {
        byte[] key = record.key();
        byte[] value = record.value();
        if (key == null || value == null) {
            return Optional.empty();
        }
        try {
            return GroupRecords.decodeKey(ByteBuffer.wrap(key))
                    .filter(OffsetCommitKey.class::isInstance)
                    .map(OffsetCommitKey.class::cast)
                    .map(decoded ->
                            of(decoded, (OffsetCommitValue) GroupRecords.decodeValue(decoded, ByteBuffer.wrap(value))));
        } catch (MalformedMessageException e) {
            return Optional.empty();
        }
    }

    private static StoredCommit of(OffsetCommitKey key, OffsetCommitValue value) {
        return new StoredCommit(
                key.group(), new TopicPartition(key.topic(), key.partition()), value.offset(), value.commitTimestamp());
    }
}
