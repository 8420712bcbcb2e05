package io.tailrace.protocol.codec;

import io.tailrace.protocol.VersionRange;
import io.tailrace.protocol.transaction.TransactionLogKey;
import io.tailrace.protocol.transaction.TransactionLogValue;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Encodes and decodes the records of {@code __transaction_state}.
 *
 * <pre>
 * key    type (2 bytes), 0 | transactional id
 * value  version (2 bytes), 0 or 1 | fields of the value in this version
 * </pre>
 *
 * <p>Thread-safe. Source: Kafka's transaction coordinator, {@code common/message/TransactionLog*.json}.
 */
public final class TransactionRecords {
    /** Above all versions: keys have no flexible one. */
    private static final short NEVER = Short.MAX_VALUE;

    static final MessageLayouts KEY = new MessageLayouts(
            "TransactionLogKey", TransactionLogKey.class, new VersionRange((short) 0, (short) 0), NEVER);
    static final MessageLayouts VALUE = new MessageLayouts(
            "TransactionLogValue", TransactionLogValue.class, new VersionRange((short) 0, (short) 1), (short) 1);

    private TransactionRecords() {}

    /** Encodes a key. */
    public static ByteBuffer encodeKey(TransactionLogKey key) {
        return encode(KEY, TransactionLogKey.TYPE, key);
    }

    /** Encodes a value in {@link TransactionLogValue#WRITTEN_VERSION}. */
    public static ByteBuffer encodeValue(TransactionLogValue value) {
        return encode(VALUE, TransactionLogValue.WRITTEN_VERSION, value);
    }

    private static ByteBuffer encode(MessageLayouts layouts, short version, Record record) {
        MessageWriter out = new MessageWriter();
        out.int16(version);
        layouts.at(version).writeObject(record, out);
        return ByteBuffer.wrap(out.toByteArray());
    }

    /**
     * Decodes a key.
     *
     * @param key the bytes from the buffer's position to its limit, which do not change
     * @return empty if the type is unknown
     * @throws MalformedMessageException if the bytes are not such a key
     */
    public static Optional<TransactionLogKey> decodeKey(ByteBuffer key) {
        MessageReader in = new MessageReader(key);
        short type = in.int16();
        return type == TransactionLogKey.TYPE
                ? Optional.of((TransactionLogKey) decode(KEY, type, in))
                : Optional.empty();
    }

    /**
     * Decodes a value.
     *
     * @param value the bytes from the buffer's position to its limit, which do not change
     * @throws MalformedMessageException if the version is unknown or the bytes are not such a value
     */
    public static TransactionLogValue decodeValue(ByteBuffer value) {
        MessageReader in = new MessageReader(value);
        short version = in.int16();
        if (!VALUE.versions().contains(version)) {
            throw new MalformedMessageException(
                    "version of " + VALUE.name() + ": expected " + VALUE.versions() + ", found " + version);
        }
        return (TransactionLogValue) decode(VALUE, version, in);
    }

    private static Record decode(MessageLayouts layouts, short version, MessageReader in) {
        try {
            return layouts.at(version).readObject(in);
        } catch (MalformedMessageException e) {
            throw e.within(layouts.name() + " v" + version);
        }
    }
}
