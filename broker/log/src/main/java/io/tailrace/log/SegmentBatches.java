package io.tailrace.log;

import io.tailrace.protocol.record.CorruptBatchException;
import io.tailrace.protocol.record.RecordBatch;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the batches of a closed segment in order, in large pieces, and verifies their checksums. The caller has retained the
 * segment. A batch is valid until the next call. Not thread-safe.
 */
final class SegmentBatches {
    private final Segment segment;
    private final CompactionTools tools;
    private final int endPosition;
    private ByteBuffer buffer;
    /** Position in the segment of the buffer's first byte. */
    private int bufferAt;

    /**
     * Starts to read.
     *
     * @param position a batch's
     */
    SegmentBatches(Segment segment, int position, CompactionTools tools) {
        this.segment = segment;
        this.tools = tools;
        this.endPosition = segment.sizeInBytes();
        this.buffer = tools.input().limit(0);
        this.bufferAt = position;
    }

    /** Whether all batches have been read. */
    boolean isAtEnd() {
        return position() >= endPosition;
    }

    private int position() {
        return bufferAt + buffer.position();
    }

    /**
     * The next batch, or null at the end.
     *
     * @throws CorruptLogException if the batch is damaged
     */
    @Nullable
    RecordBatch next() throws IOException {
        if (isAtEnd()) {
            return null;
        }
        int position = position();
        try {
            load(position, RecordBatch.HEADER_BYTES);
            int sizeInBytes = sizeOf(position);
            load(position, sizeInBytes);
            RecordBatch batch = RecordBatch.at(buffer);
            batch.ensureCrc();
            buffer.position(buffer.position() + sizeInBytes);
            return batch;
        } catch (CorruptBatchException | EOFException e) {
            throw new CorruptLogException(segment.file(), position, String.valueOf(e.getMessage()));
        }
    }

    /** The size in the header of the batch at a position. A large size is trusted only if the batch's checksum is correct. */
    private int sizeOf(int position) throws IOException {
        int length = buffer.getInt(buffer.position() + RecordBatch.LENGTH_AT);
        if (length >= RecordBatch.LENGTH_MIN && length <= buffer.capacity() - RecordBatch.LENGTH_OVERHEAD_BYTES) {
            return length + RecordBatch.LENGTH_OVERHEAD_BYTES;
        }
        BatchScan scan = BatchScan.verifying(segment.channel(), position, endPosition);
        boolean isWhole = scan.next() && scan.checksumHolds();
        scan.ensureSound(segment.file());
        if (!isWhole) {
            throw new IllegalStateException("scan without a batch or problem at byte " + position + " of " + segment);
        }
        return scan.sizeInBytes();
    }

    /** Makes bytes from a position available in the buffer, which starts there unless it has them already. */
    private void load(int position, int bytes) throws IOException {
        if (buffer.remaining() >= bytes) {
            return;
        }
        if (bytes > endPosition - position) {
            throw new CorruptLogException(
                    segment.file(),
                    position,
                    "end of batch",
                    "byte " + endPosition + " or before",
                    (long) position + bytes);
        }
        buffer = bytes <= tools.input().capacity() ? tools.input() : ByteBuffer.allocate(bytes);
        buffer.limit(Math.min(buffer.capacity(), endPosition - position));
        tools.await(buffer.limit());
        Channels.readFully(segment.channel(), buffer, position);
        buffer.flip();
        bufferAt = position;
    }
}
