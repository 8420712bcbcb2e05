package io.tailrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Record batches of a log. Starts at a batch; the last batch may be cut off. Close it. */
public interface LogSlice extends AutoCloseable {

    /** Whether there is nothing to read. */
    boolean isEmpty();

    /** Bytes of the slice. */
    int sizeInBytes();

    /**
     * Copies bytes of the slice until {@code target} is full or the slice ends.
     *
     * @param target receives the bytes
     * @param from first byte, counted from the start of the slice
     * @return bytes copied
     * @throws IOException if the log cannot be read, or has become shorter
     */
    int read(ByteBuffer target, int from) throws IOException;

    /** The whole slice in a new buffer: for loading small logs into memory, never for serving. */
    default ByteBuffer toBuffer() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(sizeInBytes());
        read(buffer, 0);
        return buffer.flip();
    }

    @Override
    void close();
}
