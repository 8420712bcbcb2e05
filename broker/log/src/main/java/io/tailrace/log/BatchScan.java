package io.tailrace.log;

import io.tailrace.protocol.record.CorruptBatchException;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Walks the headers of a segment's batches and otherwise reads little. Checksums are verified on request.
 *
 * <p>{@link #next} stops at the end or at the first damaged header; then {@link #problem} is not null. A scan uses the thread's
 * {@link ThreadBuffers}, so a thread runs one scan at a time.
 */
final class BatchScan {
    private static final int TRANSACTIONAL_MASK = 0x10;
    private static final int CONTROL_MASK = 0x20;

    private final FileChannel channel;
    private final long limit;
    private final ByteBuffer chunk = ThreadBuffers.chunk().limit(0);
    private final int readAheadBytes;
    private long chunkAt;

    private long position;
    private int sizeInBytes;
    private long baseOffset;
    private int leaderEpoch;
    private int crc;
    private short attributes;
    private int lastOffsetDelta;
    private long maxTimestampMs;
    private long producerId;
    private short producerEpoch;
    private int baseSequence;
    private @Nullable String problem;

    private BatchScan(FileChannel channel, long from, long limit, int readAheadBytes) {
        this.channel = channel;
        this.position = from;
        this.limit = limit;
        this.readAheadBytes = readAheadBytes;
    }

    /** A scan of headers only, between two positions of a segment. */
    static BatchScan headers(FileChannel channel, long from, long limit) {
        return new BatchScan(channel, from, limit, ThreadBuffers.PAGE_BYTES);
    }

    /** A scan between two positions of a segment that verifies most checksums. */
    static BatchScan verifying(FileChannel channel, long from, long limit) {
        return new BatchScan(channel, from, limit, ThreadBuffers.CHUNK_BYTES);
    }

    /** Moves to the next batch. Returns false at the end or at a {@link #problem}; {@link #position} is there. */
    boolean next() throws IOException {
        position += sizeInBytes;
        sizeInBytes = 0;
        long left = limit - position;
        if (left <= 0) {
            return false;
        }
        if (left < RecordBatch.HEADER_BYTES) {
            problem = "header of batch: expected " + RecordBatch.HEADER_BYTES + " bytes, found " + left;
            return false;
        }
        int at;
        try {
            at = load(position, RecordBatch.HEADER_BYTES);
        } catch (EOFException e) {
            problem = "header of batch: " + e.getMessage();
            return false;
        }
        readHeader(at);
        int length = chunk.getInt(at + RecordBatch.LENGTH_AT);
        byte magic = chunk.get(at + RecordBatch.MAGIC_AT);
        long lengthMax = left - RecordBatch.LENGTH_OVERHEAD_BYTES;
        if (magic != RecordBatch.MAGIC) {
            problem = "magic: expected 2, found " + magic;
        } else if (length < RecordBatch.LENGTH_MIN || length > lengthMax) {
            problem = "length: expected " + RecordBatch.LENGTH_MIN + " to " + lengthMax + ", found " + length;
        } else if (baseOffset < 0 || lastOffsetDelta < 0) {
            problem = "base offset and last offset delta: expected 0 or more, found " + baseOffset + " and "
                    + lastOffsetDelta;
        } else {
            sizeInBytes = length + RecordBatch.LENGTH_OVERHEAD_BYTES;
        }
        return problem == null;
    }

    private void readHeader(int at) {
        baseOffset = chunk.getLong(at + RecordBatch.BASE_OFFSET_AT);
        leaderEpoch = chunk.getInt(at + RecordBatch.LEADER_EPOCH_AT);
        crc = chunk.getInt(at + RecordBatch.CRC_AT);
        attributes = chunk.getShort(at + RecordBatch.ATTRIBUTES_AT);
        lastOffsetDelta = chunk.getInt(at + RecordBatch.LAST_OFFSET_DELTA_AT);
        maxTimestampMs = chunk.getLong(at + RecordBatch.MAX_TIMESTAMP_AT);
        producerId = chunk.getLong(at + RecordBatch.PRODUCER_ID_AT);
        producerEpoch = chunk.getShort(at + RecordBatch.PRODUCER_EPOCH_AT);
        baseSequence = chunk.getInt(at + RecordBatch.BASE_SEQUENCE_AT);
    }

    /** Whether the checksum of the current batch is correct. If not, that is the {@link #problem}. */
    boolean checksumHolds() throws IOException {
        int computed;
        try {
            computed = computeCrc();
        } catch (EOFException e) {
            problem = "batch: " + e.getMessage();
            return false;
        }
        if (computed != crc) {
            problem = "CRC: expected 0x%08X, found 0x%08X".formatted(computed, crc);
        }
        return computed == crc;
    }

    private int computeCrc() throws IOException {
        CRC32C computed = new CRC32C();
        long at = position + RecordBatch.ATTRIBUTES_AT;
        long end = position + sizeInBytes;
        while (at < end) {
            int from = load(at, 1);
            int count = (int) Math.min(chunk.limit() - from, end - at);
            computed.update(chunk.slice(from, count));
            at += count;
        }
        return (int) computed.getValue();
    }

    /** Throws if the scan stopped at damage and not at its limit. */
    void ensureSound(Path file) throws CorruptLogException {
        if (problem != null) {
            throw new CorruptLogException(file, position, problem);
        }
    }

    /** Loads bytes of the file into the chunk; returns their index there. */
    private int load(long from, int bytes) throws IOException {
        long at = from - chunkAt;
        if (at < 0 || at + bytes > chunk.limit()) {
            chunk.clear().limit((int) Math.min(Math.max(bytes, readAheadBytes), limit - from));
            Channels.readFully(channel, chunk, from);
            chunkAt = from;
            at = 0;
        }
        return (int) at;
    }

    /** Where the current batch starts, or where the scan stopped. */
    int position() {
        return (int) position;
    }

    int sizeInBytes() {
        return sizeInBytes;
    }

    /** Whether there is a current batch: the last {@link #next} returned true. */
    boolean isAtBatch() {
        return sizeInBytes > 0;
    }

    long baseOffset() {
        return baseOffset;
    }

    long lastOffset() {
        return baseOffset + lastOffsetDelta;
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    long maxTimestampMs() {
        return maxTimestampMs;
    }

    /** The batch for the state of its producer, or null if it has no producer id or is a control batch. */
    @Nullable
    ProducerBatchMetadata producerBatch() {
        return producerId == RecordBatch.NO_PRODUCER_ID || isControl()
                ? null
                : new ProducerBatchMetadata(
                        producerId,
                        producerEpoch,
                        baseSequence,
                        RecordBatch.sequenceAfter(baseSequence, lastOffsetDelta),
                        lastOffset(),
                        lastOffsetDelta);
    }

    boolean isTransactional() {
        return (attributes & TRANSACTIONAL_MASK) != 0;
    }

    private boolean isControl() {
        return (attributes & CONTROL_MASK) != 0;
    }

    /**
     * The marker in the current batch, or null if it is not a control batch of a producer. Reads the batch.
     *
     * @throws CorruptLogException if the batch is damaged
     */
    @Nullable
    EndTransactionMarker marker(Path file) throws IOException {
        if (!isControl() || producerId == RecordBatch.NO_PRODUCER_ID) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(sizeInBytes);
        Channels.readFully(channel, bytes, position);
        try {
            return EndTransactionMarker.of(RecordBatch.at(bytes.flip()));
        } catch (CorruptBatchException e) {
            throw new CorruptLogException(file, position, String.valueOf(e.getMessage()));
        }
    }

    /** Why the scan stopped before its limit, or null. */
    @Nullable
    String problem() {
        return problem;
    }
}
