package io.tailrace.protocol.record;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The batches of a buffer, one after the other.
 *
 * <p>Iteration ends before a batch that is not whole: a fetch may be cut anywhere. {@link #validBytes} then tells
 * how far it came. A batch that cannot be one is a {@link CorruptBatchException}, thrown by the iterator when it gets
 * there, so that the whole batches before it are seen. Checksums are the caller's to check.
 */
public final class RecordBatches implements Iterable<RecordBatch> {
    private final ByteBuffer buffer;

    private RecordBatches(ByteBuffer buffer) {
        this.buffer = buffer;
    }

    /** The batches between the buffer's position and its limit, both of which stay as they are. */
    public static RecordBatches of(ByteBuffer buffer) {
        return new RecordBatches(buffer.slice());
    }

    /**
     * Bytes of the whole batches; what is left of the buffer is the beginning of one.
     *
     * @throws CorruptBatchException if a batch cannot be one
     */
    public int validBytes() {
        int end = 0;
        for (RecordBatch batch = RecordBatch.orNull(buffer, 0); batch != null; ) {
            end += batch.sizeInBytes();
            batch = RecordBatch.orNull(buffer, end);
        }
        return end;
    }

    /** Bytes in the buffer. */
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
                throw new NoSuchElementException("no whole batch at byte " + position);
            }
            RecordBatch batch = next;
            position += batch.sizeInBytes();
            next = null;
            return batch;
        }
    }
}
