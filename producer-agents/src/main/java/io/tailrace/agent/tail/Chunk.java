package io.tailrace.agent.tail;

/**
 * Whole lines of one file that were read together; at least one.
 *
 * @param lines the lines
 * @param offset where they begin in the (decompressed) file
 * @param end the position after them
 * @param readMs when the lines were first read: before a crash, if they may have been sent then
 */
public record Chunk(Lines lines, long offset, ReadPosition end, long readMs) {
    /** A line's bounds, and what its record has beside it: above all host and file, and both again in the key. */
    private static final int LINE_OVERHEAD_BYTES = 200;
    /** The objects with which it is sent, and the smallest array of a block. */
    private static final int CHUNK_OVERHEAD_BYTES = 2 << 10;

    /** An estimate of the memory that the chunk takes until it is acknowledged: the bytes of its lines, and their records. */
    public long memoryBytes() {
        return memoryBytes(lines.length(), lines.count());
    }

    static long memoryBytes(long bytes, int lines) {
        return CHUNK_OVERHEAD_BYTES + 2 * bytes + (long) LINE_OVERHEAD_BYTES * lines;
    }
}
