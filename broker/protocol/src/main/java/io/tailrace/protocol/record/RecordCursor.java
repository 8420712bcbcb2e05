package io.tailrace.protocol.record;

import io.tailrace.protocol.record.CorruptBatchException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a batch in offset order. {@link #next} allocates nothing; {@link #key}, {@link #value} and
 * {@link #headers} do.
 *
 * <p>{@link #next} checks the whole record, including headers, and every length and count against the remaining bytes.
 * Slices of a compressed batch are valid until its {@link Decompressor} is used again, others as long as the batch's
 * buffer. Not thread-safe.
 */
public final class RecordCursor {
    private static final int ABSENT = -1;
    /** A header has at least a key length and a value length. */
    private static final int HEADER_BYTES_MIN = 2;

    private final RecordBatch batch;
    private final ByteBuffer records;
    private final int recordCount;
    private final int lastOffsetDelta;

    private int position;
    private int recordEnd;
    private int index = -1;
    private int recordStart;
    private int offsetDelta = -1;
    private long timestampDelta;
    private int keyAt;
    private int keyBytes;
    private int valueAt;
    private int valueBytes;
    private int headersAt;
    private int headerCount;

    private RecordCursor(RecordBatch batch, ByteBuffer records) {
        this.batch = batch;
        this.records = records;
        this.recordCount = batch.recordCount();
        this.lastOffsetDelta = batch.lastOffsetDelta();
        if (recordCount < 0) {
            throw corrupt("record count", "at least 0", recordCount);
        }
    }

    /**
     * Creates a cursor before the first record.
     *
     * @throws CorruptBatchException if the records do not decompress or exceed the decompressor's limit
     */
    public static RecordCursor of(RecordBatch batch, Decompressor decompressor) {
        return of(batch, decompressor.recordsOf(batch));
    }

    /** Creates a cursor over records that are decompressed already. */
    static RecordCursor of(RecordBatch batch, ByteBuffer records) {
        return new RecordCursor(batch, records);
    }

    /**
     * Moves to the next record.
     *
     * @return false if there are no more records
     * @throws CorruptBatchException if the record is corrupt
     */
    public boolean next() {
        if (index + 1 >= recordCount) {
            if (position != records.limit()) {
                throw corrupt("end of the last record", "the end of the batch, byte " + records.limit(), position);
            }
            return false;
        }
        index++;
        recordStart = position;
        recordEnd = records.limit();
        int length = readVarint();
        if (length < 0 || length > recordEnd - position) {
            throw corrupt("length of record", "0 to " + (recordEnd - position), length);
        }
        recordEnd = position + length;
        skip(1, "attributes of record");
        timestampDelta = readVarlong();
        readOffsetDelta();
        keyBytes = readLength("key");
        keyAt = position;
        skip(Math.max(0, keyBytes), "key");
        valueBytes = readLength("value");
        valueAt = position;
        skip(Math.max(0, valueBytes), "value");
        skipHeaders();
        if (position != recordEnd) {
            throw corrupt("end of record", "byte " + recordEnd, position);
        }
        return true;
    }

    private void readOffsetDelta() {
        int delta = readVarint();
        if (delta <= offsetDelta || delta > lastOffsetDelta) {
            throw corrupt("offset delta of record", (offsetDelta + 1) + " to " + lastOffsetDelta, delta);
        }
        offsetDelta = delta;
    }

    private void skipHeaders() {
        headerCount = readVarint();
        headersAt = position;
        if (headerCount < 0 || headerCount > (recordEnd - position) / HEADER_BYTES_MIN) {
            throw corrupt("header count", "0 to " + (recordEnd - position) / HEADER_BYTES_MIN, headerCount);
        }
        for (int i = 0; i < headerCount; i++) {
            int nameBytes = readLength("header key");
            if (nameBytes == ABSENT) {
                throw corrupt("length of header key", "at least 0", nameBytes);
            }
            skip(nameBytes, "header key");
            skip(Math.max(0, readLength("header value")), "header value");
        }
    }

    /** The index of the current record, from 0; -1 before the first. */
    public int index() {
        return index;
    }

    /** The record's offset. */
    public long offset() {
        return batch.baseOffset() + offsetDelta;
    }

    /** The record's offset less the batch's base offset. */
    public int offsetDelta() {
        return offsetDelta;
    }

    /** The record's timestamp; with {@link TimestampType#LOG_APPEND_TIME} that of its batch. */
    public long timestampMs() {
        return batch.timestampType() == TimestampType.LOG_APPEND_TIME
                ? batch.maxTimestampMs()
                : batch.baseTimestampMs() + timestampDelta;
    }

    /** Uncompressed size of the record, including its length field. */
    public int sizeInBytes() {
        return recordEnd - recordStart;
    }

    /** Returns a slice of the whole record, with its length field. */
    ByteBuffer bytes() {
        return records.slice(recordStart, recordEnd - recordStart);
    }

    /** Whether the record has a key. */
    public boolean hasKey() {
        return keyBytes != ABSENT;
    }

    /** Whether the record has a value. In a compacted topic, a record without one is a tombstone. */
    public boolean hasValue() {
        return valueBytes != ABSENT;
    }

    /** Returns a slice of the key, or null. */
    public @Nullable ByteBuffer key() {
        return keyBytes == ABSENT ? null : records.slice(keyAt, keyBytes);
    }

    /** Returns a slice of the value, or null. */
    public @Nullable ByteBuffer value() {
        return valueBytes == ABSENT ? null : records.slice(valueAt, valueBytes);
    }

    /** Returns a copy of the key, or null. */
    public byte @Nullable [] keyCopy() {
        return keyBytes == ABSENT ? null : copy(keyAt, keyBytes);
    }

    /** Returns a copy of the value, or null. */
    public byte @Nullable [] valueCopy() {
        return valueBytes == ABSENT ? null : copy(valueAt, valueBytes);
    }

    /** Number of headers. */
    public int headerCount() {
        return headerCount;
    }

    /** Returns copies of the headers, in order. */
    public List<RecordHeader> headers() {
        if (headerCount == 0) {
            return List.of();
        }
        int resume = position;
        position = headersAt;
        List<RecordHeader> headers = new ArrayList<>(headerCount);
        for (int i = 0; i < headerCount; i++) {
            int nameBytes = readVarint();
            String name = new String(copy(position, nameBytes), StandardCharsets.UTF_8);
            position += nameBytes;
            int bytes = readVarint();
            headers.add(new RecordHeader(name, bytes == ABSENT ? null : copy(position, bytes)));
            position += Math.max(0, bytes);
        }
        position = resume;
        return List.copyOf(headers);
    }

    private byte[] copy(int at, int bytes) {
        byte[] copy = new byte[bytes];
        records.get(at, copy);
        return copy;
    }

    /** Reads a length, -1 for null, and checks it against the rest of the record. */
    private int readLength(String what) {
        int length = readVarint();
        if (length < ABSENT || length > recordEnd - position) {
            throw corrupt("length of " + what, "-1 to " + (recordEnd - position), length);
        }
        return length;
    }

    private void skip(int bytes, String what) {
        if (bytes > recordEnd - position) {
            throw corrupt(what, "at most " + (recordEnd - position) + " bytes", bytes);
        }
        position += bytes;
    }

    private byte readByte() {
        if (position >= recordEnd) {
            throw corrupt("varint", "a byte before " + recordEnd, "none");
        }
        return records.get(position++);
    }

    private int readVarint() {
        int zigzag = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            byte b = readByte();
            zigzag |= (b & 0x7f) << shift;
            if (b >= 0) {
                return (zigzag >>> 1) ^ -(zigzag & 1);
            }
        }
        throw corrupt("varint", "at most 5 bytes", "more");
    }

    private long readVarlong() {
        long zigzag = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte b = readByte();
            zigzag |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return (zigzag >>> 1) ^ -(zigzag & 1);
            }
        }
        throw corrupt("varlong", "at most 10 bytes", "more");
    }

    private CorruptBatchException corrupt(String what, String expected, Object actual) {
        return new CorruptBatchException(
                Reason.RECORD,
                batch.compression() == CompressionType.NONE ? batch.recordsPosition() + (long) position : position,
                "%s (record %d of %d)".formatted(what, index, recordCount),
                expected,
                String.valueOf(actual));
    }
}
