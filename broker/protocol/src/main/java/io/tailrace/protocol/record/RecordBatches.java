package io.tailrace.protocol.record;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The batches in a buffer.
 *
 * <p>A fetch may be truncated anywhere, so iteration ends before an incomplete batch; {@link #validBytes} returns
 * where. At a corrupt batch the iterator throws a {@link CorruptBatchException}, after it has returned the batches
 * before it. Checksums are not checked.
 */
public final class RecordBatches implements Iterable<RecordBatch> {
    private final ByteBuffer buffer;

    private RecordBatches(ByteBuffer buffer) {
        this.buffer = buffer;
    }

    /** Returns the batches between the buffer's position and limit. Does not change the buffer. */
    public static RecordBatches of(ByteBuffer buffer) {
        return new RecordBatches(buffer.slice());
    }

    /**
     * Returns the size of all complete batches. The remaining bytes are the start of a batch.
     *
     * @throws CorruptBatchException if a batch is corrupt
     */
    public int validBytes() {
        int end = 0;
        for (RecordBatch batch = RecordBatch.orNull(buffer, 0); batch != null; ) {
            end += batch.sizeInBytes();
            batch = RecordBatch.orNull(buffer, end);
        }
        return end;
    }

    /** Size of the buffer's contents. */
    public int sizeInBytes() {
        return buffer.limit();
    }

    @Override
    public Iterator<RecordBatch> iterator() {
        return new BatchIterator(buffer);
    }

    private static final class BatchIterator implements Iterator<RecordBatch> {
        private final ByteBuffer buffer;
        private int position;
        private @Nullable RecordBatch next;

        BatchIterator(ByteBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public boolean hasNext() {
            if (next == null) {
                next = RecordBatch.orNull(buffer, position);
            }
            return next != null;
        }

        @Override
        public RecordBatch next() {
            if (!hasNext() || next == null) {
                throw new NoSuchElementException("no complete batch at byte " + position);
            }
            RecordBatch batch = next;
            position += batch.sizeInBytes();
            next = null;
            return batch;
        }
    }
}
