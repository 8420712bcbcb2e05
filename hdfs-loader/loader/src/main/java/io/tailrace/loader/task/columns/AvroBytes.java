package io.tailrace.loader.task.columns;

/**
 * A position in Avro binary. Reads numbers as Avro's {@code BinaryDecoder} does.
 *
 * <p>Format: "Binary Encoding" in the Avro specification.
 */
final class AvroBytes {
    /** The block does not say where it ends. */
    private static final int UNSIZED = -1;

    byte[] bytes = new byte[0];
    int position;
    private int blockEnd;
    private int end;

    void set(byte[] array, int from, int to) {
        bytes = array;
        position = from;
        end = to;
    }

    boolean isEnd() {
        return position == end;
    }

    int readInt() {
        int value = 0;
        for (int shift = 0; shift <= 28; shift += 7) {
            int b = readByte();
            value |= (b & 0x7f) << shift;
            if (b >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw UncheckedValueException.INSTANCE;
    }

    long readLong() {
        long value = 0;
        for (int shift = 0; shift <= 63; shift += 7) {
            int b = readByte();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw UncheckedValueException.INSTANCE;
    }

    byte readByte() {
        if (position >= end) {
            throw UncheckedValueException.INSTANCE;
        }
        return bytes[position++];
    }

    float readFloat() {
        return Float.intBitsToFloat(readFixedInt());
    }

    double readDouble() {
        long low = readFixedInt() & 0xffff_ffffL;
        return Double.longBitsToDouble(low | ((long) readFixedInt() << 32));
    }

    private int readFixedInt() {
        int at = position;
        skip(Integer.BYTES);
        return (bytes[at] & 0xff)
                | ((bytes[at + 1] & 0xff) << 8)
                | ((bytes[at + 2] & 0xff) << 16)
                | (bytes[at + 3] << 24);
    }

    /** Reads the length of a string or of bytes, which follow. */
    int readLength() {
        long length = readLong();
        if (length < 0 || length > end - position) {
            throw UncheckedValueException.INSTANCE;
        }
        return (int) length;
    }

    void skip(int length) {
        if (length > end - position) {
            throw UncheckedValueException.INSTANCE;
        }
        position += length;
    }

    /** Reads the number of items in the next block of an array or map; 0 is its end. */
    long readBlock() {
        long count = readLong();
        blockEnd = UNSIZED;
        if (count < 0) {
            long size = readLong();
            if (size < 0 || size > end - position || count == Long.MIN_VALUE) {
                throw UncheckedValueException.INSTANCE;
            }
            blockEnd = position + (int) size;
            return -count;
        }
        return count;
    }

    /** The position at which the block that was just read says that it ends, or {@link #UNSIZED}. */
    int blockEnd() {
        return blockEnd;
    }

    /** Checks that a block ends where it said. Avro's reader goes by that only where it skips the block. */
    void checkBlockEnd(int expected) {
        if (expected != UNSIZED && expected != position) {
            throw UncheckedValueException.INSTANCE;
        }
    }
}
