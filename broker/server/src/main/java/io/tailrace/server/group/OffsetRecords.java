package io.tailrace.server.group;

import io.tailrace.protocol.TopicPartition;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The keys and values of records in {@code __consumer_offsets}.
 *
 * <pre>
 * key     version 0 or 1 (2 bytes) | group | topic | partition (4 bytes)        2 and above: group members
 * value   version (2 bytes) | offset (8) | leader epoch (4, from version 3) | metadata | committed at (8) | …
 * string  length (2 bytes) | UTF-8
 * </pre>
 *
 * <p>Keys are written in version 1 and values in version 3, as Apache Kafka does. A null value removes its key.
 */
final class OffsetRecords {
    private static final short KEY_VERSION = 1;
    private static final short VALUE_VERSION = 3;
    private static final int NO_EPOCH = -1;

    private OffsetRecords() {}

    /** The group and the partition that an offset was committed for. */
    record Key(String group, TopicPartition partition) {}

    static byte[] key(String group, TopicPartition partition) {
        byte[] groupBytes = utf8(group);
        byte[] topicBytes = utf8(partition.topic());
        ByteBuffer key = ByteBuffer.allocate(2 + 2 + groupBytes.length + 2 + topicBytes.length + 4);
        key.putShort(KEY_VERSION);
        put(key, groupBytes);
        put(key, topicBytes);
        return key.putInt(partition.partition()).array();
    }

    static byte[] value(CommittedOffset committed) {
        byte[] metadata = utf8(committed.metadata());
        ByteBuffer value = ByteBuffer.allocate(2 + 8 + 4 + 2 + metadata.length + 8);
        value.putShort(VALUE_VERSION).putLong(committed.offset()).putInt(committed.leaderEpoch());
        put(value, metadata);
        return value.putLong(committed.committedAtMs()).array();
    }

    /**
     * Parses a key; empty for a record that is not a committed offset.
     *
     * @throws IllegalArgumentException if the key is truncated
     */
    static Optional<Key> parseKey(ByteBuffer key) {
        try {
            if (key.getShort() > KEY_VERSION) {
                return Optional.empty();
            }
            String group = string(key);
            return Optional.of(new Key(group, new TopicPartition(string(key), key.getInt())));
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("key of a committed offset is truncated", e);
        }
    }

    /**
     * Parses a value.
     *
     * @throws IllegalArgumentException if the value is truncated or of an unknown version
     */
    static CommittedOffset parseValue(ByteBuffer value) {
        try {
            short version = value.getShort();
            if (version < 0 || version > VALUE_VERSION) {
                throw new IllegalArgumentException(
                        "version of a committed offset: expected 0 to " + VALUE_VERSION + ", found " + version);
            }
            long offset = value.getLong();
            int leaderEpoch = version >= VALUE_VERSION ? value.getInt() : NO_EPOCH;
            return new CommittedOffset(offset, leaderEpoch, string(value), value.getLong());
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("value of a committed offset is truncated", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void put(ByteBuffer target, byte[] text) {
        if (text.length > Short.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "text of " + text.length + " bytes, expected at most " + Short.MAX_VALUE);
        }
        target.putShort((short) text.length).put(text);
    }

    private static String string(ByteBuffer source) {
        int length = source.getShort();
        if (length < 0 || length > source.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] text = new byte[length];
        source.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
