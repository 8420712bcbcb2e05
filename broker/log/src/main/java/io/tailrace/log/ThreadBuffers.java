package io.tailrace.log;

import java.nio.ByteBuffer;

/** Buffers that a thread reuses, so that a lookup allocates none. Their content is valid until the thread's next use. */
final class ThreadBuffers {
    static final int PAGE_BYTES = 4096;
    static final int CHUNK_BYTES = 64 * 1024;

    private static final ThreadLocal<ByteBuffer> PAGE =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(PAGE_BYTES));
    private static final ThreadLocal<ByteBuffer> CHUNK =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(CHUNK_BYTES));

    private ThreadBuffers() {}

    /** For entries of an index. */
    static ByteBuffer page() {
        return PAGE.get().clear();
    }

    /** For batches of a segment. */
    static ByteBuffer chunk() {
        return CHUNK.get().clear();
    }
}
