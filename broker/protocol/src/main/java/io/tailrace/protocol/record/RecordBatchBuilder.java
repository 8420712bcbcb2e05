package io.tailrace.protocol.record;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds one batch: records are added until it is full, then {@link #build} gives it out.
 *
 * <p>Base offset 0, no leader epoch, create time. Records are kept uncompressed and compressed in one go at the end.
 * One thread at a time.
 */
public final class RecordBatchBuilder {
    private static final int INITIAL_BYTES = 1024;
    private static final int HEADER_BYTES = RecordBatch.HEADER_BYTES;

    private final CompressionType compression;
    private final int batchBytesMax;
    private final double ratio;

    /** The batch as it will be, its header still empty; records start after it. */
    private byte[] bytes;

    private int size = HEADER_BYTES;
    private int recordCount;
    private long baseTimestampMs = RecordBatch.NO_TIMESTAMP;
    private long maxTimestampMs = RecordBatch.NO_TIMESTAMP;
    private long producerId = RecordBatch.NO_PRODUCER_ID;
    private short producerEpoch = RecordBatch.NO_PRODUCER_EPOCH;
    private int baseSequence = RecordBatch.NO_SEQUENCE;

    /**
     * A builder of an empty batch that does not count on compression when it says what is full.
     *
     * @param batchBytesMax size from which the batch is full; a record that is larger has a batch of its own
     */
    public RecordBatchBuilder(CompressionType compression, int batchBytesMax) {
        this(compression, batchBytesMax, 1.0);
    }

    /**
     * A builder of an empty batch.
     *
     * @param batchBytesMax size from which the batch is full; a record that is larger has a batch of its own
     * @param ratio compressed bytes of an uncompressed one, as expected from earlier batches ({@link #ratioOf})
     */
    public RecordBatchBuilder(CompressionType compression, int batchBytesMax, double ratio) {
        this.compression = compression;
        this.batchBytesMax = batchBytesMax;
        this.ratio = compression == CompressionType.NONE ? 1.0 : ratio;
        this.bytes = new byte[Math.max(HEADER_BYTES, Math.min(batchBytesMax, INITIAL_BYTES))];
    }

    /**
     * Adds a record, unless that would make the batch larger than it may be.
     *
     * @param timestampMs the record's time, not negative, or {@link RecordBatch#NO_TIMESTAMP}
     * @return false, and nothing is added, when the batch is full
     */
    public boolean append(
            long timestampMs, byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {
        if (timestampMs < RecordBatch.NO_TIMESTAMP) {
            throw new IllegalArgumentException("timestamp must not be negative, is " + timestampMs);
        }
        if (recordCount == 0) {
            baseTimestampMs = timestampMs;
        }
        byte[][] headerKeys = headerKeys(headers);
        long timestampDelta = timestampMs - baseTimestampMs;
        long length = 1L
                + varlongBytes(timestampDelta)
                + varlongBytes(recordCount)
                + fieldBytes(key)
                + fieldBytes(value)
                + headersBytes(headers, headerKeys);
        long grown = size + varlongBytes(length) + length;
        if (recordCount > 0 && estimate(grown) > batchBytesMax) {
            return false;
        }
        ensureCapacity(grown);
        putVarlong(length);
        bytes[size++] = 0;
        putVarlong(timestampDelta);
        putVarlong(recordCount);
        putField(key);
        putField(value);
        putVarlong(headers.size());
        for (int i = 0; i < headerKeys.length; i++) {
            putField(headerKeys[i]);
            putField(headers.get(i).value());
        }
        recordCount++;
        maxTimestampMs = Math.max(maxTimestampMs, timestampMs);
        return true;
    }

    /** Makes the batch that of an idempotent producer. */
    public void producer(long id, short epoch, int firstSequence) {
        this.producerId = id;
        this.producerEpoch = epoch;
        this.baseSequence = firstSequence;
    }

    /** Records added. */
    public int recordCount() {
        return recordCount;
    }

    /** Bytes of the batch as it stands, its header included, as the expected ratio lets them be after compression. */
    public int estimatedBytes() {
        return (int) estimate(size);
    }

    /** Bytes of memory the builder holds. */
    public int bufferBytes() {
        return bytes.length;
    }

    private long estimate(long uncompressed) {
        return HEADER_BYTES + (long) ((uncompressed - HEADER_BYTES) * ratio);
    }

    /** Compressed bytes of an uncompressed one in a batch of this builder. */
    public double ratioOf(ByteBuffer batch) {
        int uncompressed = size - HEADER_BYTES;
        return uncompressed == 0 ? 1.0 : (double) (batch.remaining() - HEADER_BYTES) / uncompressed;
    }

    /**
     * The batch, from its first byte to its last. Without compression it is the builder's own memory: add nothing
     * afterwards.
     *
     * @throws IllegalStateException if there is no record in it
     */
    public ByteBuffer build() {
        if (recordCount == 0) {
            throw new IllegalStateException("a batch needs a record");
        }
        ByteBuffer batch = compression == CompressionType.NONE ? ByteBuffer.wrap(bytes, 0, size) : compressed();
        batch.putInt(RecordBatch.LENGTH_AT, batch.limit() - RecordBatch.LENGTH_OVERHEAD_BYTES)
                .putInt(RecordBatch.LEADER_EPOCH_AT, RecordBatch.NO_LEADER_EPOCH)
                .put(RecordBatch.MAGIC_AT, RecordBatch.MAGIC)
                .putShort(RecordBatch.ATTRIBUTES_AT, (short) compression.id())
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

    private ByteBuffer compressed() {
        BatchOutput out = new BatchOutput(size / 2 + HEADER_BYTES);
        try {
            Compressor.compress(compression, bytes, HEADER_BYTES, size - HEADER_BYTES, out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written", e);
        }
        return out.toBuffer();
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
            total += fieldBytes(headerKeys[i]) + fieldBytes(headers.get(i).value());
        }
        return total;
    }

    private static long fieldBytes(byte @Nullable [] field) {
        return field == null ? 1 : varlongBytes(field.length) + (long) field.length;
    }

    private static int varlongBytes(long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        return (Long.SIZE - Long.numberOfLeadingZeros(zigzag | 1) + 6) / 7;
    }

    private void putField(byte @Nullable [] field) {
        if (field == null) {
            putVarlong(-1);
            return;
        }
        putVarlong(field.length);
        System.arraycopy(field, 0, bytes, size, field.length);
        size += field.length;
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
            throw new IllegalArgumentException("a batch of " + needed + " bytes is larger than a batch can be");
        }
        if (needed > bytes.length) {
            long grown = Math.max(needed, Math.min(bytes.length * 2L, batchBytesMax));
            bytes = Arrays.copyOf(bytes, (int) grown);
        }
    }

    /** Output that starts with room for the batch's header, and gives its array without a copy. */
    private static final class BatchOutput extends ByteArrayOutputStream {
        BatchOutput(int expectedBytes) {
            super(Math.max(expectedBytes, HEADER_BYTES));
            count = HEADER_BYTES;
        }

        synchronized ByteBuffer toBuffer() {
            return ByteBuffer.wrap(buf, 0, count);
        }
    }
}
