package io.tailrace.protocol.record;

import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Reuses the arrays in which large batches are built and compressed: allocating them anew keeps the collector of a small heap busy.
 * Thread-safe.
 */
public final class BatchBuffers {
    /** Allocates every array. */
    public static final BatchBuffers NOT_REUSED = new BatchBuffers(List.of(), 0);

    /** The largest size, a half of it, and so on. */
    private static final int SIZES = 4;

    /** From the smallest size to the largest. */
    private final List<Free> sizes;

    private final long freeBytesMax;
    private final AtomicLong freeBytes = new AtomicLong();

    /** Arrays of one size that nobody uses. */
    private record Free(int bytes, Deque<byte[]> arrays) {}

    private BatchBuffers(List<Free> sizes, long freeBytesMax) {
        this.sizes = sizes;
        this.freeBytesMax = freeBytesMax;
    }

    /**
     * Reuses arrays of up to the size of a full batch.
     *
     * @param batchBytesMax size of a full batch
     * @param freeBytesMax most memory of unused arrays, of all sizes together; at least two of the largest size are kept
     */
    public static BatchBuffers ofBatches(int batchBytesMax, int freeBytesMax) {
        long largest = RecordBatch.HEADER_BYTES + Compressor.bytesMax(batchBytesMax);
        if (largest > Integer.MAX_VALUE) {
            return NOT_REUSED;
        }
        List<Free> sizes = IntStream.range(0, SIZES)
                .map(smaller -> (int) largest >> (SIZES - 1 - smaller))
                .mapToObj(bytes -> new Free(bytes, new ConcurrentLinkedDeque<>()))
                .toList();
        return new BatchBuffers(sizes, Math.max(freeBytesMax, 2 * largest));
    }

    /** An array of at least this many bytes, with any content. A reused one is at most about twice as large. */
    byte[] take(int bytes) {
        for (Free size : sizes) {
            if (bytes <= size.bytes && bytes >= size.bytes / 2) {
                byte[] array = size.arrays.poll();
                if (array == null) {
                    return new byte[size.bytes];
                }
                freeBytes.addAndGet(-size.bytes);
                return array;
            }
        }
        return new byte[bytes];
    }

    /** Leaves arrays to the collector until the others are within the bound. */
    private void shrink(Free size) {
        while (freeBytes.get() > freeBytesMax && size.arrays.pollLast() != null) {
            freeBytes.addAndGet(-size.bytes);
        }
    }

    /** Takes an array back, which the caller must not use any more. */
    void giveBack(byte[] array) {
        for (Free size : sizes) {
            if (array.length == size.bytes) {
                size.arrays.push(array);
                freeBytes.addAndGet(size.bytes);
                sizes.stream().filter(other -> other.bytes != size.bytes).forEach(this::shrink);
                shrink(size);
            }
        }
    }
}
