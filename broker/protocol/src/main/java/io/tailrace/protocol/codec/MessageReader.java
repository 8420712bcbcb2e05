package io.tailrace.protocol.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads primitive values from a frame. It never reads past the limit, and checks every length against the remaining
 * bytes before using it.
 */
final class MessageReader {
    private static final int STRING_BYTES_MAX = Short.MAX_VALUE;
    /**
     * The most elements in all lists of a message. An element may be one byte of the frame and a hundred as an object.
     */
    static final int ELEMENTS_MAX = 1_000_000;

    private final ByteBuffer frame;
    private final Values.Stack values = new Values.Stack();
    private int elements;

    MessageReader(ByteBuffer frame) {
        this.frame = frame.duplicate().order(ByteOrder.BIG_ENDIAN);
    }

    /** The components read so far of the records being read. */
    Values.Stack values() {
        return values;
    }

    int remaining() {
        return frame.remaining();
    }

    byte int8() {
        requireRemaining(Byte.BYTES);
        return frame.get();
    }

    short int16() {
        requireRemaining(Short.BYTES);
        return frame.getShort();
    }

    int int32() {
        requireRemaining(Integer.BYTES);
        return frame.getInt();
    }

    long int64() {
        requireRemaining(Long.BYTES);
        return frame.getLong();
    }

    /** Seven bits per byte, least significant first; at most {@link Integer#MAX_VALUE}. */
    int unsignedVarint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            byte next = int8();
            value |= (next & 0x7F) << shift;
            if (next >= 0) {
                if (value < 0 || (shift == 28 && next > 7)) {
                    throw malformed("varint: expected at most " + Integer.MAX_VALUE);
                }
                return value;
            }
        }
        throw malformed("varint: expected at most five bytes");
    }

    /** The count of a list, -1 for null. */
    int count(boolean compact, int elementBytesMin) {
        int count = compact ? unsignedVarint() - 1 : int32();
        if (count < -1) {
            throw malformed("count: expected at least -1, found " + count);
        }
        if ((long) count * elementBytesMin > frame.remaining()) {
            throw malformed("count " + count + " needs at least " + (long) count * elementBytesMin + " bytes, found "
                    + frame.remaining());
        }
        if (count > ELEMENTS_MAX - elements) {
            throw malformed("elements of all lists: expected at most " + ELEMENTS_MAX);
        }
        elements += Math.max(0, count);
        return count;
    }

    /** The length of a string, -1 for null. */
    int stringLength(boolean compact) {
        int length = compact ? unsignedVarint() - 1 : int16();
        if (length > STRING_BYTES_MAX) {
            throw malformed("length of string: expected at most " + STRING_BYTES_MAX + ", found " + length);
        }
        return checkedLength(length);
    }

    /** The length of bytes, -1 for null. */
    int bytesLength(boolean compact) {
        return checkedLength(compact ? unsignedVarint() - 1 : int32());
    }

    private int checkedLength(int length) {
        if (length < -1) {
            throw malformed("length: expected at least -1, found " + length);
        }
        if (length > 0) {
            requireRemaining(length);
        }
        return length;
    }

    /** Reads a string; the length was checked. */
    String string(int length) {
        if (frame.hasArray()) {
            String string =
                    new String(frame.array(), frame.arrayOffset() + frame.position(), length, StandardCharsets.UTF_8);
            frame.position(frame.position() + length);
            return string;
        }
        byte[] bytes = new byte[length];
        frame.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Reads a slice of the frame; the length was checked. */
    ByteBuffer slice(int length) {
        ByteBuffer slice = frame.slice(frame.position(), length);
        frame.position(frame.position() + length);
        return slice;
    }

    /** Limits the frame to the next {@code length} bytes and returns the previous limit. */
    int narrow(int length) {
        requireRemaining(length);
        int end = frame.limit();
        frame.limit(frame.position() + length);
        return end;
    }

    /** Skips to the limit that {@link #narrow} set and restores the previous one. */
    void widen(int end) {
        frame.position(frame.limit());
        frame.limit(end);
    }

    /** Skips tagged fields. */
    void skipTaggedFields() {
        for (int left = taggedFieldCount(); left > 0; left--) {
            unsignedVarint();
            int end = narrow(unsignedVarint());
            widen(end);
        }
    }

    /** Reads the number of tagged fields. */
    int taggedFieldCount() {
        int count = unsignedVarint();
        if (count > frame.remaining() / 2) {
            throw malformed(
                    count + " tagged fields need at least " + 2L * count + " bytes, found " + frame.remaining());
        }
        return count;
    }

    MalformedMessageException malformed(String problem) {
        return new MalformedMessageException(problem + ", at byte " + frame.position());
    }

    private void requireRemaining(int bytes) {
        if (bytes > frame.remaining()) {
            throw malformed("expected " + bytes + " bytes, found " + frame.remaining());
        }
    }
}
