package io.tailrace.protocol.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;

/**
 * Copies a batch without some of its records, for compaction. Offsets, leader epoch, producer, sequences and compression stay
 * as they are: the batch covers the same offsets, and its producer's next batch still follows it. Not thread-safe.
 */
public final class BatchFilter {
    /** Decides about the current record of a cursor. */
    public interface Rule {
        /** Whether the record stays. */
        boolean keeps(RecordCursor record);
    }

    private final Decompressor decompressor;

    /**
     * Creates a filter.
     *
     * @param decompressedBytesMax the most bytes of a batch's decompressed records, inclusive
     */
    public BatchFilter(int decompressedBytesMax) {
        this.decompressor = new Decompressor(decompressedBytesMax);
    }

    /** A cursor over a batch's records; it is valid until the next call of this object. */
    public RecordCursor recordsOf(RecordBatch batch) {
        return RecordCursor.of(batch, decompressor);
    }

    /**
     * Applies a rule to each record once, in order.
     *
     * @return the batch's own bytes if all records stay, a new buffer if some do, and nothing if none does
     * @throws CorruptBatchException if a record cannot be read
     */
    public Optional<ByteBuffer> filter(RecordBatch batch, Rule rule) {
        ByteBuffer records = decompressor.recordsOf(batch);
        BitSet kept = new BitSet();
        RecordCursor record = RecordCursor.of(batch, records);
        while (record.next()) {
            kept.set(record.index(), rule.keeps(record));
        }
        int count = kept.cardinality();
        if (count == 0) {
            return Optional.empty();
        }
        return Optional.of(count == batch.recordCount() ? batch.bytes() : copy(batch, records, kept));
    }

    private static ByteBuffer copy(RecordBatch batch, ByteBuffer records, BitSet kept) {
        BatchOutput plain = new BatchOutput(records.remaining());
        long maxTimestampMs = RecordBatch.NO_TIMESTAMP;
        RecordCursor record = RecordCursor.of(batch, records);
        while (record.next()) {
            if (kept.get(record.index())) {
                ByteBuffer bytes = record.bytes();
                byte[] copied = new byte[bytes.remaining()];
                bytes.get(copied);
                plain.writeBytes(copied);
                maxTimestampMs = Math.max(maxTimestampMs, record.timestampMs());
            }
        }
        return stamp(compress(batch.compression(), plain), batch, kept.cardinality(), maxTimestampMs);
    }

    private static ByteBuffer compress(CompressionType compression, BatchOutput plain) {
        if (compression == CompressionType.NONE) {
            return plain.toBuffer();
        }
        BatchOutput out = new BatchOutput(Math.toIntExact(Compressor.bytesMax(plain.size())));
        try {
            plain.compressTo(compression, out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.toBuffer();
    }

    /** Returns the batch without records. It has no timestamp, since no record has one. */
    public static ByteBuffer emptied(RecordBatch batch) {
        ByteBuffer empty = ByteBuffer.allocate(RecordBatch.HEADER_BYTES);
        stamp(empty, batch, 0, RecordBatch.NO_TIMESTAMP);
        short attributes = (short) (batch.attributes() & ~RecordBatch.COMPRESSION_MASK);
        empty.putShort(RecordBatch.ATTRIBUTES_AT, attributes);
        RecordBatch.at(empty).stampCrc();
        return empty;
    }

    /** Writes the header of a batch with fewer records. */
    private static ByteBuffer stamp(ByteBuffer copy, RecordBatch batch, int recordCount, long maxTimestampMs) {
        copy.put(0, batch.bytes(), 0, RecordBatch.HEADER_BYTES);
        copy.putInt(RecordBatch.LENGTH_AT, copy.limit() - RecordBatch.LENGTH_OVERHEAD_BYTES)
                .putInt(RecordBatch.RECORD_COUNT_AT, recordCount)
                .putLong(RecordBatch.MAX_TIMESTAMP_AT, maxTimestampMs);
        RecordBatch.at(copy).stampCrc();
        return copy;
    }
}
