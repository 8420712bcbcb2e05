package io.tailrace.protocol.record;

import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Arrays in which batches are built and compressed. Large ones are used again, since a collector that keeps few young objects would
 * otherwise spend its time on them. Thread-safe.
 */
public final class BatchBuffers {
    /** Allocates every array. */
    public static final BatchBuffers NOT_REUSED = new BatchBuffers(0, 1);

    /** An array has at most so many times the bytes that are asked for. */
    private static final int EXCESS_MAX = 4;

    private final int arrayBytes;
    private final Queue<byte[]> free;

    private BatchBuffers(int arrayBytes, int freeMax) {
        this.arrayBytes = arrayBytes;
        free = new ArrayBlockingQueue<>(freeMax);
    }

    /**
     * Reuses the arrays of batches of one size.
     *
     * @param batchBytesMax size of a full batch
     * @param freeBytesMax how much memory is kept that nobody uses; one array in any case
     */
    public static BatchBuffers ofBatches(int batchBytesMax, int freeBytesMax) {
        int arrayBytes = RecordBatch.HEADER_BYTES + Compressor.bytesMax(batchBytesMax);
        return new BatchBuffers(arrayBytes, Math.max(1, freeBytesMax / arrayBytes));
    }

    /** An array of at least so many bytes, whose content is undefined. */
    byte[] take(int bytes) {
        if (bytes > arrayBytes || bytes < arrayBytes / EXCESS_MAX) {
            return new byte[bytes];
        }
        byte[] array = free.poll();
        return array == null ? new byte[arrayBytes] : array;
    }

    /** Takes an array back, which the caller must not use any more. */
    void giveBack(byte[] array) {
        if (array.length == arrayBytes) {
            // One that does not fit in is left to the collector.
            var unused = free.offer(array);
        }
    }
}
