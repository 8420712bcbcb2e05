package io.tailrace.groups.offsets;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.group.OffsetCommitKey;
import io.tailrace.protocol.group.OffsetCommitValue;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.shard.StoredRecord;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Records of committed offsets. */
final class OffsetRecords {
    /** Versions that other tools read have no topic id. */
    private static final UUID NO_TOPIC_ID = new UUID(0, 0);

    private OffsetRecords() {}

    /** @param expiresAtMs when the offset expires; -1 if the broker's setting decides */
    static StoredRecord commit(
            String group,
            TopicPartition partition,
            OffsetCommitRequest.Partition offset,
            long expiresAtMs,
            long nowMs) {
        OffsetCommitValue value = new OffsetCommitValue(
                offset.committedOffset(),
                offset.committedLeaderEpoch(),
                metadata(offset),
                nowMs,
                expiresAtMs,
                NO_TOPIC_ID);
        return new StoredRecord(key(group, partition), GroupRecords.encodeValue(value));
    }

    static String metadata(OffsetCommitRequest.Partition offset) {
        return offset.committedMetadata() == null ? "" : offset.committedMetadata();
    }

    static StoredRecord tombstone(String group, TopicPartition partition) {
        return new StoredRecord(key(group, partition), null);
    }

    private static ByteBuffer key(String group, TopicPartition partition) {
        return GroupRecords.encodeKey(new OffsetCommitKey(group, partition.topic(), partition.partition()));
    }
}
