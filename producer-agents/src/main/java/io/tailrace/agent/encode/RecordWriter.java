package io.tailrace.agent.encode;

import io.tailrace.schemas.Framing;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.io.BinaryData;

/**
 * Writes one record at a time as framed Avro into a buffer that it reuses. The caller writes the fields in the order of the
 * schema; a union is of null and one other type, in that order. The encoding is canonical
 * ({@link io.tailrace.schemas.audit.CanonicalEncoder}). Not thread-safe.
 */
public final class RecordWriter {
    private static final int INITIAL_BYTES = 4 << 10;
    /** The longest encoding of a long, and so of an int. */
    private static final int NUMBER_BYTES_MAX = 10;

    private static final byte NULL_BRANCH = 0;
    /** The second branch of a union: branch 1 as a zigzag number. */
    private static final byte VALUE_BRANCH = 2;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int size;
    private long eventTimeMs;

    /**
     * Begins a record with its framing and its origin: the fields host, file, byteOffset and fileId.
     *
     * @param header of the record's schema ({@link Framing#header})
     */
    public void begin(byte[] header, Origin origin, long byteOffset) {
        size = 0;
        put(header);
        put(origin.beforeOffset());
        number(byteOffset);
        put(origin.afterOffset());
    }

    /** Writes the field that is the record's timestamp. */
    public void eventTime(long ms) {
        eventTimeMs = ms;
        number(ms);
    }

    /** Writes an int or a long. */
    public void number(long value) {
        ensureRoom(NUMBER_BYTES_MAX);
        size += BinaryData.encodeLong(value, bytes, size);
    }

    /** Writes a number of a union with null. */
    public void optionalNumber(long value) {
        put(VALUE_BRANCH);
        number(value);
    }

    /** Writes a string, or bytes. */
    public void text(byte[] utf8, int from, int to) {
        int length = to - from;
        number(length);
        ensureRoom(length);
        System.arraycopy(utf8, from, bytes, size, length);
        size += length;
    }

    /** Writes a string. */
    public void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        text(utf8, 0, utf8.length);
    }

    /** Writes a string, or bytes, of a union with null. */
    public void optionalText(byte[] utf8, int from, int to) {
        put(VALUE_BRANCH);
        text(utf8, from, to);
    }

    /** Writes a string of a union with null. */
    public void optionalText(String text) {
        put(VALUE_BRANCH);
        text(text);
    }

    /** Writes the null of a union. */
    public void absent() {
        put(NULL_BRANCH);
    }

    /** Writes a map of strings. */
    public void map(Map<String, String> entries) {
        beginMap(entries.size());
        // The order is part of the canonical encoding.
        new TreeMap<>(entries).forEach((name, value) -> {
            text(name);
            text(value);
        });
        endMap();
    }

    /** Begins a map. Exactly {@code count} names, in the order of {@link String#compareTo}, and their values must follow. */
    public void beginMap(int count) {
        if (count > 0) {
            number(count);
        }
    }

    /** Ends a map. */
    public void endMap() {
        put((byte) 0);
    }

    /** Discards what was written. */
    void clear() {
        size = 0;
    }

    /** The buffer, which holds the record in its first {@link #size} bytes until the next record begins. */
    public byte[] bytes() {
        return bytes;
    }

    /** Length of the record, its framing included. */
    public int size() {
        return size;
    }

    /** What {@link #eventTime} was given last. */
    public long eventTimeMs() {
        return eventTimeMs;
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, size);
    }

    private void put(byte[] encoded) {
        ensureRoom(encoded.length);
        System.arraycopy(encoded, 0, bytes, size, encoded.length);
        size += encoded.length;
    }

    private void put(byte encoded) {
        ensureRoom(1);
        bytes[size++] = encoded;
    }

    private void ensureRoom(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
        }
    }
}
