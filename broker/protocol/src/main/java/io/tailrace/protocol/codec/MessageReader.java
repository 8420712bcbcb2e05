package io.tailrace.protocol.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Takes primitive values off a frame. Nothing is read past the limit, and no length is believed before it has been
 * held against the bytes that are left.
 */
final class MessageReader {
    private static final int STRING_BYTES_MAX = Short.MAX_VALUE;
    /** Of all lists of a message: an element may be one byte of the frame, and a hundred as an object. */
    static final int ELEMENTS_MAX = 1_000_000;

    private final ByteBuffer frame;
    private final Values.Stack values = new Values.Stack();
    private int elements;

    MessageReader(ByteBuffer frame) {
        this.frame = frame.duplicate().order(ByteOrder.BIG_ENDIAN);
    }

    /** Where a record's components wait until all of them are read. */
    Values.Stack values() {
        return values;
    }

    int remaining() {
        return frame.remaining();
    }

    byte int8() {
        need(Byte.BYTES);
        return frame.get();
    }

    short int16() {
        need(Short.BYTES);
        return frame.getShort();
    }

    int int32() {
        need(Integer.BYTES);
        return frame.getInt();
    }

    long int64() {
        need(Long.BYTES);
        return frame.getLong();
    }

    /** Seven bits a byte, least significant first; at most {@link Integer#MAX_VALUE}. */
    int unsignedVarint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            byte next = int8();
            value |= (next & 0x7F) << shift;
            if (next >= 0) {
                if (value < 0 || (shift == 28 && next > 7)) {
                    throw malformed("varint is above " + Integer.MAX_VALUE);
                }
                return value;
            }
        }
        throw malformed("varint is longer than five bytes");
    }

    /** The count of a list, -1 for null. */
    int count(boolean compact, int elementBytesMin) {
        int count = compact ? unsignedVarint() - 1 : int32();
        if (count < -1) {
            throw malformed("count " + count + " is negative");
        }
        if ((long) count * elementBytesMin > frame.remaining()) {
            throw malformed("count " + count + " needs at least " + (long) count * elementBytesMin + " bytes, "
                    + frame.remaining() + " are left");
        }
        if (count > ELEMENTS_MAX - elements) {
            throw malformed("more than " + ELEMENTS_MAX + " elements in lists");
        }
        elements += Math.max(0, count);
        return count;
    }

    /** The length of a string, -1 for null. */
    int stringLength(boolean compact) {
        int length = compact ? unsignedVarint() - 1 : int16();
        if (length > STRING_BYTES_MAX) {
            throw malformed("a string of " + length + " bytes is longer than " + STRING_BYTES_MAX);
        }
        return checkedLength(length);
    }

    /** The length of bytes, -1 for null. */
    int bytesLength(boolean compact) {
        return checkedLength(compact ? unsignedVarint() - 1 : int32());
    }

    private int checkedLength(int length) {
        if (length < -1) {
            throw malformed("length " + length + " is negative");
        }
        if (length > 0) {
            need(length);
        }
        return length;
    }

    /** A string of a length that was checked. */
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

    /** The frame's own bytes, of a length that was checked. */
    ByteBuffer slice(int length) {
        ByteBuffer slice = frame.slice(frame.position(), length);
        frame.position(frame.position() + length);
        return slice;
    }

    /** Ends the frame after so many more bytes; returns the end it had. */
    int narrow(int length) {
        need(length);
        int end = frame.limit();
        frame.limit(frame.position() + length);
        return end;
    }

    /** Goes on to where {@link #narrow} ended the frame, and gives it back the end it had. */
    void widen(int end) {
        frame.position(frame.limit());
        frame.limit(end);
    }

    /** Skips tagged fields that nobody here knows. */
    void skipTaggedFields() {
        for (int left = taggedFieldCount(); left > 0; left--) {
            unsignedVarint();
            int end = narrow(unsignedVarint());
            widen(end);
        }
    }

    /** How many tagged fields follow. */
    int taggedFieldCount() {
        int count = unsignedVarint();
        if (count > frame.remaining() / 2) {
            throw malformed(count + " tagged fields need at least " + 2L * count + " bytes, " + frame.remaining()
                    + " are left");
        }
        return count;
    }

    MalformedMessageException malformed(String problem) {
        return new MalformedMessageException(problem + ", at byte " + frame.position());
    }

    private void need(int bytes) {
        if (bytes > frame.remaining()) {
            throw malformed(bytes + " bytes expected, " + frame.remaining() + " are left");
        }
    }
}
