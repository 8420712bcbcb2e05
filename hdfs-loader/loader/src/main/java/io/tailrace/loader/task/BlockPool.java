package io.tailrace.loader.task;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Memory for buffered rows, in blocks of one size, so that hours of any size share it. The limit is kept by the caller, who asks
 * {@link #hasRoom} first: a single row may be larger than all of it.
 */
final class BlockPool {
    static final int BLOCK_BYTES = 8 << 10;

    private final long bytesMax;
    private final Deque<byte[]> free = new ArrayDeque<>();
    private long takenBytes;

    /** A pool that takes no memory until blocks are needed. */
    BlockPool(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Whether a number of bytes can be added to any buffer without exceeding the limit. */
    boolean hasRoom(int bytes) {
        return takenBytes + bytes + BLOCK_BYTES <= bytesMax;
    }

    /** Bytes of all blocks in use. */
    long takenBytes() {
        return takenBytes;
    }

    long bytesMax() {
        return bytesMax;
    }

    byte[] take() {
        takenBytes += BLOCK_BYTES;
        byte[] block = free.poll();
        return block == null ? new byte[BLOCK_BYTES] : block;
    }

    /** Takes blocks back. Keeps no more of them than the limit allows. */
    void release(List<byte[]> blocks) {
        for (byte[] block : blocks) {
            takenBytes -= BLOCK_BYTES;
            if (takenBytes + (free.size() + 1L) * BLOCK_BYTES <= bytesMax) {
                free.push(block);
            }
        }
    }
}
