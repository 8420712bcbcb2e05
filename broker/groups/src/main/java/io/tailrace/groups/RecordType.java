package io.tailrace.groups;

import io.tailrace.shard.StoredRecord;

/**
 * What a record of {@code __consumer_offsets} is about: the number that its key starts with. Source: Apache Kafka's message
 * definitions of the group coordinator.
 */
final class RecordType {
    private static final short OFFSET_COMMIT_OLD = 0;
    private static final short OFFSET_COMMIT = 1;
    private static final short GROUP_METADATA = 2;
    private static final short CONSUMER_GROUP_METADATA = 3;
    private static final short CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT = 8;
    private static final short CONSUMER_GROUP_REGULAR_EXPRESSION = 16;

    private RecordType() {}

    /**
     * The type of a record.
     *
     * @throws IllegalArgumentException if the key is too short to have one
     */
    static short of(StoredRecord record) {
        int bytes = record.key().remaining();
        if (bytes < Short.BYTES) {
            throw new IllegalArgumentException("key of a group's record: expected at least 2 bytes, found " + bytes);
        }
        return record.key().getShort(record.key().position());
    }

    static boolean isOffset(short type) {
        return type == OFFSET_COMMIT_OLD || type == OFFSET_COMMIT;
    }

    static boolean isClassicGroup(short type) {
        return type == GROUP_METADATA;
    }

    static boolean isConsumerGroup(short type) {
        return (type >= CONSUMER_GROUP_METADATA && type <= CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT)
                || type == CONSUMER_GROUP_REGULAR_EXPRESSION;
    }
}
