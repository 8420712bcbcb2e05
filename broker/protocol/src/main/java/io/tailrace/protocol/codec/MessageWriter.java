package io.tailrace.protocol.codec;

import io.tailrace.protocol.RecordsPayload;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes primitive values to a buffer that grows up to a bound, and remembers the positions of records between them.
 * Not thread-safe; one per message.
 */
final class MessageWriter {
    private static final VarHandle INT16 = view(short[].class);
    private static final VarHandle INT32 = view(int[].class);
    private static final VarHandle INT64 = view(long[].class);
    private static final int BYTES_MAX = 100 << 20;
    private static final int STRING_BYTES_MAX = Short.MAX_VALUE;

    private byte[] bytes = new byte[256];
    private int size;
    private RecordsPayload[] records = new RecordsPayload[0];
    private int[] recordsAt = new int[0];
    private int recordsCount;

    private static VarHandle view(Class<?> arrayType) {
        return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.BIG_ENDIAN);
    }

    void int8(int value) {
        ensure(Byte.BYTES);
        bytes[size++] = (byte) value;
    }

    void replaceInt8(int at, int value) {
        bytes[at] = (byte) value;
    }

    void int16(short value) {
        ensure(Short.BYTES);
        INT16.set(bytes, size, value);
        size += Short.BYTES;
    }

    void int32(int value) {
        ensure(Integer.BYTES);
        INT32.set(bytes, size, value);
        size += Integer.BYTES;
    }

    void int64(long value) {
        ensure(Long.BYTES);
        INT64.set(bytes, size, value);
        size += Long.BYTES;
    }

    void unsignedVarint(int value) {
        ensure(5);
        while ((value & ~0x7F) != 0) {
            bytes[size++] = (byte) (value | 0x80);
            value >>>= 7;
        }
        bytes[size++] = (byte) value;
    }

    /** The count of a list, or the length of bytes; -1 for null. */
    void count(int count, boolean compact) {
        if (compact) {
            unsignedVarint(count + 1);
        } else {
            int32(count);
        }
    }

    void nullString(boolean compact) {
        stringLength(-1, compact);
    }

    void string(String string, boolean compact) {
        int length = string.length();
        if (isAscii(string)) {
            stringLength(length, compact);
            ensure(length);
            for (int i = 0; i < length; i++) {
                bytes[size + i] = (byte) string.charAt(i);
            }
            size += length;
        } else {
            byte[] utf8 = string.getBytes(StandardCharsets.UTF_8);
            stringLength(utf8.length, compact);
            raw(ByteBuffer.wrap(utf8));
        }
    }

    /** Copies the remaining bytes of a buffer. */
    void raw(ByteBuffer value) {
        int length = value.remaining();
        ensure(length);
        value.get(bytes, size, length);
        size += length;
    }

    private static boolean isAscii(String string) {
        for (int i = 0; i < string.length(); i++) {
            if (string.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private void stringLength(int length, boolean compact) {
        if (length > STRING_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "length of string: expected at most " + STRING_BYTES_MAX + " bytes, found " + length);
        }
        if (compact) {
            unsignedVarint(length + 1);
        } else {
            int16((short) length);
        }
    }

    /** Places records at the current position. */
    void records(RecordsPayload payload) {
        if (recordsCount == records.length) {
            int capacity = Math.max(4, 2 * recordsCount);
            records = Arrays.copyOf(records, capacity);
            recordsAt = Arrays.copyOf(recordsAt, capacity);
        }
        records[recordsCount] = payload;
        recordsAt[recordsCount++] = size;
    }

    int size() {
        return size;
    }

    /** Inserts, at {@code start}, the length of the bytes written since. There must be no records among them. */
    void prefixWithLength(int start) {
        int length = size - start;
        unsignedVarint(length);
        int prefix = size - start - length;
        byte[] varint = Arrays.copyOfRange(bytes, start + length, size);
        System.arraycopy(bytes, start, bytes, start + prefix, length);
        System.arraycopy(varint, 0, bytes, start, prefix);
    }

    /** Completes the message: sets its first four bytes, reserved by the caller, to the size of the rest. */
    EncodedMessage finish() {
        long total = size;
        for (int i = 0; i < recordsCount; i++) {
            total += records[i].sizeInBytes();
        }
        if (total > Integer.MAX_VALUE) {
            throw new IllegalStateException(
                    "size of message: expected at most " + Integer.MAX_VALUE + " bytes, found " + total);
        }
        INT32.set(bytes, 0, (int) total - Integer.BYTES);
        return new EncodedMessage(bytes, size, Arrays.copyOf(records, recordsCount), recordsAt, (int) total);
    }

    /** Copies the bytes written so far; there must be no records among them. */
    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    private void ensure(int more) {
        if (more > bytes.length - size) {
            if (more > BYTES_MAX - size) {
                throw new IllegalStateException(
                        "size of message without records: expected at most " + BYTES_MAX + " bytes");
            }
            bytes = Arrays.copyOf(bytes, Math.min(BYTES_MAX, Math.max(2 * bytes.length, size + more)));
        }
    }
}
