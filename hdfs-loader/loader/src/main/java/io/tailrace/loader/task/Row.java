package io.tailrace.loader.task;

import io.tailrace.loader.task.columns.ColumnPlan;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A row on its way to a file: the bytes it is made of and what a {@link RowFormat} has read from them. Reused for all rows of a
 * task, so whoever keeps a row copies its bytes.
 */
final class Row implements ColumnPlan.HostSink {
    /** The bytes in a buffer that are not the row's own: their length, the offset and the timestamp. */
    static final int HEADER_BYTES = Integer.BYTES + 2 * Long.BYTES;

    private long offset;
    private long timestampMs;
    private byte[] bytes = new byte[0];
    private int length;

    /** The time that decides the row's hour. */
    long eventTimeMs;

    /** The event as Avro's generic model has it; null if {@link #plan} writes the bytes. */
    @Nullable
    Object event;

    /** Writes the bytes as they are, after it has checked them; null if {@link #event} is set. */
    @Nullable
    ColumnPlan plan;

    /** The array that has the host's name, at {@link #hostFrom}; the name has length 0 if the row has no host. */
    byte[] hostBytes = bytes;

    int hostFrom;

    /** Whether a plan accepted the bytes before they were buffered. */
    boolean isChecked;

    int hostLength;

    /**
     * Makes this the row of other bytes, of which nothing is read yet.
     *
     * @param array has the row's bytes first; not copied
     */
    void set(long rowOffset, long rowTimestampMs, byte[] array, int arrayLength) {
        offset = rowOffset;
        timestampMs = rowTimestampMs;
        bytes = array;
        length = arrayLength;
        event = null;
        plan = null;
        isChecked = false;
        hostLength = 0;
    }

    /** Sets the host's name; the bytes are not copied. */
    @Override
    public void accept(byte[] array, int from, int nameLength) {
        hostBytes = array;
        hostFrom = from;
        hostLength = nameLength;
    }

    /** The record's offset. */
    long offset() {
        return offset;
    }

    /** The record's timestamp. */
    long timestampMs() {
        return timestampMs;
    }

    /** An array that has the row's bytes first. */
    byte[] array() {
        return bytes;
    }

    /** Number of the row's bytes. */
    int length() {
        return length;
    }

    /** Bytes that the row takes in a buffer. */
    int bufferedBytes() {
        return HEADER_BYTES + length;
    }

    /** Writes the header. The length is inverted if a plan accepted the row. */
    void writeHeader(ByteBuffer header) {
        header.putInt(plan == null ? length : ~length).putLong(offset).putLong(timestampMs);
    }
}
