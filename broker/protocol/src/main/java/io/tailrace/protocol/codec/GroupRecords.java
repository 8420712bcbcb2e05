package io.tailrace.protocol.codec;

import io.tailrace.protocol.VersionRange;
import io.tailrace.protocol.group.ConsumerGroupCurrentMemberAssignmentKey;
import io.tailrace.protocol.group.ConsumerGroupCurrentMemberAssignmentValue;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataKey;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue;
import io.tailrace.protocol.group.ConsumerGroupMetadataKey;
import io.tailrace.protocol.group.ConsumerGroupMetadataValue;
import io.tailrace.protocol.group.ConsumerGroupPartitionMetadataKey;
import io.tailrace.protocol.group.ConsumerGroupPartitionMetadataValue;
import io.tailrace.protocol.group.ConsumerGroupRegularExpressionKey;
import io.tailrace.protocol.group.ConsumerGroupRegularExpressionValue;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMemberKey;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMemberValue;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMetadataKey;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMetadataValue;
import io.tailrace.protocol.group.GroupMetadataKey;
import io.tailrace.protocol.group.GroupMetadataValue;
import io.tailrace.protocol.group.GroupRecordKey;
import io.tailrace.protocol.group.GroupRecordValue;
import io.tailrace.protocol.group.OffsetCommitKey;
import io.tailrace.protocol.group.OffsetCommitValue;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/**
 * Encodes and decodes the records of {@code __consumer_offsets}.
 *
 * <pre>
 * key    type (2 bytes) | fields of the key
 * value  version (2 bytes) | fields of the value in this version
 * </pre>
 *
 * <p>Thread-safe. Source: Kafka's group coordinator, {@code common/message/*Key.json} and {@code *Value.json}.
 */
public final class GroupRecords {
    /** The type of committed offsets before Kafka 0.9; their keys have the fields of {@link OffsetCommitKey}. */
    private static final short OLD_OFFSET_COMMIT = 0;

    /** Above all versions: the format has no flexible one. */
    private static final short NEVER = Short.MAX_VALUE;

    private static final VersionRange UP_TO_0 = new VersionRange((short) 0, (short) 0);
    private static final VersionRange UP_TO_4 = new VersionRange((short) 0, (short) 4);

    private static final Format OFFSET_COMMIT = format(OffsetCommitKey.class, OffsetCommitValue.class, UP_TO_4, 4);

    private static final Map<Short, Format> FORMATS = Map.ofEntries(
            Map.entry(OLD_OFFSET_COMMIT, OFFSET_COMMIT),
            Map.entry((short) 1, OFFSET_COMMIT),
            Map.entry((short) 2, format(GroupMetadataKey.class, GroupMetadataValue.class, UP_TO_4, 4)),
            Map.entry((short) 3, format(ConsumerGroupMetadataKey.class, ConsumerGroupMetadataValue.class)),
            Map.entry(
                    (short) 4,
                    format(ConsumerGroupPartitionMetadataKey.class, ConsumerGroupPartitionMetadataValue.class)),
            Map.entry((short) 5, format(ConsumerGroupMemberMetadataKey.class, ConsumerGroupMemberMetadataValue.class)),
            Map.entry(
                    (short) 6,
                    format(
                            ConsumerGroupTargetAssignmentMetadataKey.class,
                            ConsumerGroupTargetAssignmentMetadataValue.class)),
            Map.entry(
                    (short) 7,
                    format(
                            ConsumerGroupTargetAssignmentMemberKey.class,
                            ConsumerGroupTargetAssignmentMemberValue.class)),
            Map.entry(
                    (short) 8,
                    format(
                            ConsumerGroupCurrentMemberAssignmentKey.class,
                            ConsumerGroupCurrentMemberAssignmentValue.class)),
            Map.entry(
                    (short) 16,
                    format(ConsumerGroupRegularExpressionKey.class, ConsumerGroupRegularExpressionValue.class)));

    private GroupRecords() {}

    /** The layouts of a type of record. */
    record Format(MessageLayouts key, MessageLayouts value) {}

    private static <K extends Record & GroupRecordKey, V extends Record & GroupRecordValue> Format format(
            Class<K> key, Class<V> value) {
        return format(key, value, UP_TO_0, 0);
    }

    private static <K extends Record & GroupRecordKey, V extends Record & GroupRecordValue> Format format(
            Class<K> key, Class<V> value, VersionRange versions, int flexibleSince) {
        return new Format(
                new MessageLayouts(key.getSimpleName(), key, UP_TO_0, NEVER),
                new MessageLayouts(value.getSimpleName(), value, versions, (short) flexibleSince));
    }

    static Map<Short, Format> formats() {
        return FORMATS;
    }

    /** Encodes a key. */
    public static ByteBuffer encodeKey(GroupRecordKey key) {
        MessageWriter out = new MessageWriter();
        out.int16(key.type());
        format(key.type()).key.at((short) 0).writeObject(key, out);
        return ByteBuffer.wrap(out.toByteArray());
    }

    /** Encodes a value in its {@link GroupRecordValue#writtenVersion}. */
    public static ByteBuffer encodeValue(GroupRecordValue value) {
        MessageWriter out = new MessageWriter();
        short version = value.writtenVersion();
        out.int16(version);
        format(value.type()).value.at(version).writeObject(value, out);
        return ByteBuffer.wrap(out.toByteArray());
    }

    /**
     * Decodes a key.
     *
     * @param key the bytes from the buffer's position to its limit, which do not change
     * @return empty if the type is unknown, such as those of share groups
     * @throws MalformedMessageException if the bytes are not such a key
     */
    public static Optional<GroupRecordKey> decodeKey(ByteBuffer key) {
        MessageReader in = new MessageReader(key);
        Format format = FORMATS.get(in.int16());
        if (format == null) {
            return Optional.empty();
        }
        return Optional.of((GroupRecordKey) decode(format.key, (short) 0, in));
    }

    /**
     * Decodes a value.
     *
     * @param key the key of its record
     * @param value the bytes from the buffer's position to its limit, which do not change
     * @throws MalformedMessageException if the version is unknown or the bytes are not such a value
     */
    public static GroupRecordValue decodeValue(GroupRecordKey key, ByteBuffer value) {
        MessageReader in = new MessageReader(value);
        MessageLayouts layouts = format(key.type()).value;
        short version = in.int16();
        if (!layouts.versions().contains(version)) {
            throw new MalformedMessageException(
                    "version of " + layouts.name() + ": expected " + layouts.versions() + ", found " + version);
        }
        return (GroupRecordValue) decode(layouts, version, in);
    }

    private static Record decode(MessageLayouts layouts, short version, MessageReader in) {
        try {
            return layouts.at(version).readObject(in);
        } catch (MalformedMessageException e) {
            throw e.within(layouts.name() + " v" + version);
        }
    }

    private static Format format(short type) {
        Format format = FORMATS.get(type);
        if (format == null) {
            throw new IllegalStateException("no format of type " + type);
        }
        return format;
    }
}
