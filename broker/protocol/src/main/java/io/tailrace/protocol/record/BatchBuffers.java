package io.tailrace.protocol.record;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.stream.IntStream;

/**
 * Reuses the arrays in which large batches are built and compressed: allocating them anew keeps the collector of a small heap busy.
 * Thread-safe.
 */
public final class BatchBuffers {
    /** Allocates every array. */
    public static final BatchBuffers NOT_REUSED = new BatchBuffers(List.of());

    /** The largest size, a half of it, and so on. */
    private static final int SIZES = 4;

    /** From the smallest size to the largest. */
    private final List<Free> sizes;

    /** Arrays of one size that nobody uses. */
    private record Free(int bytes, Queue<byte[]> arrays) {}

    private BatchBuffers(List<Free> sizes) {
        this.sizes = sizes;
    }

    /**
     * Reuses arrays of up to the size of a full batch.
     *
     * @param batchBytesMax size of a full batch
     * @param freeBytesMax memory of the arrays that nobody uses; one of each size is kept in any case
     */
    public static BatchBuffers ofBatches(int batchBytesMax, int freeBytesMax) {
        long largest = RecordBatch.HEADER_BYTES + Compressor.bytesMax(batchBytesMax);
        if (largest > Integer.MAX_VALUE) {
            return NOT_REUSED;
        }
        return new BatchBuffers(IntStream.range(0, SIZES)
                .map(smaller -> (int) largest >> (SIZES - 1 - smaller))
                .mapToObj(bytes -> new Free(bytes, new ArrayBlockingQueue<>(Math.max(1, freeBytesMax / SIZES / bytes))))
                .toList());
    }

    /** An array of at least this many bytes, with any content. A reused one is at most about twice as large. */
    byte[] take(int bytes) {
        for (Free size : sizes) {
            if (bytes <= size.bytes && bytes >= size.bytes / 2) {
                byte[] array = size.arrays.poll();
                return array == null ? new byte[size.bytes] : array;
            }
        }
        return new byte[bytes];
    }

    /** Takes an array back, which the caller must not use any more. */
    void giveBack(byte[] array) {
        for (Free size : sizes) {
            if (array.length == size.bytes) {
                // One too many is left to the collector.
                var unused = size.arrays.offer(array);
            }
        }
    }
}
