package io.tailrace.protocol.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds one batch with base offset 0, no leader epoch and create time. Records are compressed at the end. Not
 * thread-safe.
 */
public final class RecordBatchBuilder {
    private static final int INITIAL_BYTES = 1024;
    /** In place of the length of a field that is null. */
    private static final int NULL_BYTES = -1;

    private static final int HEADER_BYTES = RecordBatch.HEADER_BYTES;
    private static final byte[] NO_BYTES = {};

    private final CompressionType compression;
    private final int batchBytesMax;
    private final BatchBuffers buffers;
    /** Size of the first array, unless the first record needs a larger one. */
    private final int initialBytes;

    /** Room for the header, then the records added; empty while there are none. */
    private byte[] bytes = NO_BYTES;

    private int size = HEADER_BYTES;
    private int recordCount;
    private long baseTimestampMs = RecordBatch.NO_TIMESTAMP;
    private long maxTimestampMs = RecordBatch.NO_TIMESTAMP;
    private long producerId = RecordBatch.NO_PRODUCER_ID;
    private short producerEpoch = RecordBatch.NO_PRODUCER_EPOCH;
    private int baseSequence = RecordBatch.NO_SEQUENCE;
    private int flags;
    private boolean isBuilt;

    /**
     * Creates a builder.
     *
     * @param batchBytesMax the size of a full batch before it is compressed; a larger record gets its own batch
     */
    public RecordBatchBuilder(CompressionType compression, int batchBytesMax) {
        this(compression, batchBytesMax, 0, BatchBuffers.NOT_REUSED);
    }

    /**
     * As the other constructor, with arrays from elsewhere, which {@link #build} gives back if it compresses the batch.
     *
     * @param expectedBytes estimated bytes of all records, 0 if unknown; the first record allocates as much, up to a full batch
     */
    public RecordBatchBuilder(CompressionType compression, int batchBytesMax, int expectedBytes, BatchBuffers buffers) {
        this.compression = compression;
        this.batchBytesMax = batchBytesMax;
        this.buffers = buffers;
        this.initialBytes = Math.min(batchBytesMax, Math.max(expectedBytes, INITIAL_BYTES));
    }

    /**
     * Adds a record unless the batch is full.
     *
     * @param timestampMs the record's timestamp, at least 0, or {@link RecordBatch#NO_TIMESTAMP}
     * @return false if the batch is full and the record was not added
     */
    public boolean append(
            long timestampMs, byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {
        byte[][] headerKeys = headerKeys(headers);
        int valueBytes = value == null ? NULL_BYTES : value.length;
        if (!begin(timestampMs, key, valueBytes, headersBytes(headers, headerKeys))) {
            return false;
        }
        putField(key);
        putField(value, 0, valueBytes);
        putVarlong(headers.size());
        for (int i = 0; i < headerKeys.length; i++) {
            putField(headerKeys[i]);
            putField(headers.get(i).value());
        }
        return true;
    }

    /** As the other method, for a value that is a part of an array, and no headers. */
    public boolean append(long timestampMs, byte @Nullable [] key, byte[] value, int offset, int length) {
        if (!begin(timestampMs, key, length, 1)) {
            return false;
        }
        putField(key);
        putField(value, offset, length);
        putVarlong(0);
        return true;
    }

    /** Writes what comes before a record's key, unless the batch is full. */
    private boolean begin(long timestampMs, byte @Nullable [] key, int valueBytes, long headersBytes) {
        requireNotBuilt();
        if (timestampMs < RecordBatch.NO_TIMESTAMP) {
            throw new IllegalArgumentException("timestamp: expected at least 0, or -1 for none, found " + timestampMs);
        }
        if (recordCount == 0) {
            baseTimestampMs = timestampMs;
        }
        long timestampDelta = timestampMs - baseTimestampMs;
        long length = 1L
                + varlongBytes(timestampDelta)
                + varlongBytes(recordCount)
                + fieldBytes(key == null ? NULL_BYTES : key.length)
                + fieldBytes(valueBytes)
                + headersBytes;
        long grown = size + varlongBytes(length) + length;
        if (recordCount > 0 && grown > batchBytesMax) {
            return false;
        }
        ensureCapacity(grown);
        putVarlong(length);
        bytes[size++] = 0;
        putVarlong(timestampDelta);
        putVarlong(recordCount);
        recordCount++;
        maxTimestampMs = Math.max(maxTimestampMs, timestampMs);
        return true;
    }

    /** Sets the idempotent producer. */
    public void producer(long id, short epoch, int firstSequence) {
        this.producerId = id;
        this.producerEpoch = epoch;
        this.baseSequence = firstSequence;
    }

    /** Makes the batch a part of its producer's transaction. */
    public void transactional() {
        flags |= RecordBatch.TRANSACTIONAL_MASK;
    }

    /** Makes the batch a control batch, in which a broker writes. */
    void control() {
        flags |= RecordBatch.CONTROL_MASK;
    }

    /** Number of records added. */
    public int recordCount() {
        return recordCount;
    }

    /** The first record's timestamp. */
    public long baseTimestampMs() {
        return baseTimestampMs;
    }

    /** Size of the batch before it is compressed, including the header. */
    public int plainBytes() {
        return size;
    }

    /** Size of the builder's buffer; 0 while it has no records. */
    public int bufferBytes() {
        return bytes.length;
    }

    /**
     * Builds the batch, once. Nothing may be added afterwards.
     *
     * @throws IllegalStateException if no record was added, or the batch was built before
     */
    public ByteBuffer build() {
        if (recordCount == 0) {
            throw new IllegalStateException("cannot build a batch without records");
        }
        requireNotBuilt();
        isBuilt = true;
        ByteBuffer batch = compression == CompressionType.NONE ? ByteBuffer.wrap(bytes, 0, size) : compressed();
        bytes = NO_BYTES;
        batch.putLong(RecordBatch.BASE_OFFSET_AT, 0)
                .putInt(RecordBatch.LENGTH_AT, batch.limit() - RecordBatch.LENGTH_OVERHEAD_BYTES)
                .putInt(RecordBatch.LEADER_EPOCH_AT, RecordBatch.NO_LEADER_EPOCH)
                .put(RecordBatch.MAGIC_AT, RecordBatch.MAGIC)
                .putShort(RecordBatch.ATTRIBUTES_AT, (short) (compression.id() | flags))
                .putInt(RecordBatch.LAST_OFFSET_DELTA_AT, recordCount - 1)
                .putLong(RecordBatch.BASE_TIMESTAMP_AT, baseTimestampMs)
                .putLong(RecordBatch.MAX_TIMESTAMP_AT, maxTimestampMs)
                .putLong(RecordBatch.PRODUCER_ID_AT, producerId)
                .putShort(RecordBatch.PRODUCER_EPOCH_AT, producerEpoch)
                .putInt(RecordBatch.BASE_SEQUENCE_AT, baseSequence)
                .putInt(RecordBatch.RECORD_COUNT_AT, recordCount);
        RecordBatch.at(batch).stampCrc();
        return batch;
    }

    private void requireNotBuilt() {
        if (isBuilt) {
            throw new IllegalStateException("batch of " + recordCount + " records was built before");
        }
    }

    private ByteBuffer compressed() {
        byte[] room = buffers.take(Math.toIntExact(HEADER_BYTES + Compressor.bytesMax(size - HEADER_BYTES)));
        BatchOutput out = new BatchOutput(room);
        try {
            Compressor.compress(compression, bytes, HEADER_BYTES, size - HEADER_BYTES, out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        ByteBuffer batch = ByteBuffer.wrap(out.toByteArray());
        buffers.giveBack(room);
        buffers.giveBack(bytes);
        return batch;
    }

    private static byte[][] headerKeys(List<RecordHeader> headers) {
        byte[][] keys = new byte[headers.size()][];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = headers.get(i).key().getBytes(StandardCharsets.UTF_8);
        }
        return keys;
    }

    private static long headersBytes(List<RecordHeader> headers, byte[][] headerKeys) {
        long total = varlongBytes(headerKeys.length);
        for (int i = 0; i < headerKeys.length; i++) {
            byte[] value = headers.get(i).value();
            total += fieldBytes(headerKeys[i].length) + fieldBytes(value == null ? NULL_BYTES : value.length);
        }
        return total;
    }

    /** @param length of the content, or {@link #NULL_BYTES} */
    private static long fieldBytes(int length) {
        return length < 0 ? 1 : varlongBytes(length) + (long) length;
    }

    private static int varlongBytes(long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        return (Long.SIZE - Long.numberOfLeadingZeros(zigzag | 1) + 6) / 7;
    }

    private void putField(byte @Nullable [] field) {
        putField(field, 0, field == null ? NULL_BYTES : field.length);
    }

    private void putField(byte @Nullable [] field, int offset, int length) {
        putVarlong(length);
        if (field != null) {
            System.arraycopy(field, offset, bytes, size, length);
            size += length;
        }
    }

    private void putVarlong(long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        while ((zigzag & ~0x7FL) != 0) {
            bytes[size++] = (byte) (zigzag | 0x80);
            zigzag >>>= 7;
        }
        bytes[size++] = (byte) zigzag;
    }

    private void ensureCapacity(long needed) {
        if (needed > Integer.MAX_VALUE - Long.BYTES) {
            throw new IllegalArgumentException(
                    "size of batch: expected at most " + (Integer.MAX_VALUE - Long.BYTES) + " bytes, found " + needed);
        }
        if (needed > bytes.length) {
            long grown = Math.max(needed, Math.max(initialBytes, Math.min(bytes.length * 2L, batchBytesMax)));
            byte[] smaller = bytes;
            bytes = buffers.take((int) grown);
            System.arraycopy(smaller, 0, bytes, 0, recordCount == 0 ? 0 : size);
            buffers.giveBack(smaller);
        }
    }
}
