package io.tailrace.log;

import io.tailrace.protocol.record.BatchFilter;
import java.nio.ByteBuffer;

/** The tools with which one thread compacts logs: buffers, bounds and a pace. Not thread-safe. */
final class CompactionTools {
    private static final int BUFFER_BYTES = 1 << 18;

    private final LogCompactor.Limits limits;
    private final CompactionPace pace;
    private final BatchFilter filter;
    private final ByteBuffer input = ByteBuffer.allocate(BUFFER_BYTES);
    private final ByteBuffer output = ByteBuffer.allocate(BUFFER_BYTES);

    CompactionTools(LogCompactor.Limits limits, CompactionPace pace) {
        this.limits = limits;
        this.pace = pace;
        this.filter = new BatchFilter(limits.decompressedBytesMax());
    }

    LogCompactor.Limits limits() {
        return limits;
    }

    BatchFilter filter() {
        return filter;
    }

    /** For batches that are read. */
    ByteBuffer input() {
        return input.clear();
    }

    /** For batches that are written. */
    ByteBuffer output() {
        return output.clear();
    }

    /**
     * Waits until more bytes may be read or written.
     *
     * @throws CompactionStoppedException if the broker stops
     */
    void await(int bytes) {
        if (!pace.await(bytes)) {
            throw new CompactionStoppedException("the broker stops");
        }
    }
}
