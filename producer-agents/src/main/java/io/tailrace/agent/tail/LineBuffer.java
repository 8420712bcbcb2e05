package io.tailrace.agent.tail;

import java.util.Arrays;

/**
 * Bytes of a content, and the lines that were found in them. Reused for every chunk, as are the arrays of chunks that are released.
 * Not thread-safe.
 *
 * <p>A line ends with the newline of the source's encoding. Newlines are aligned to their width, and a carriage return before one
 * belongs to it.
 */
final class LineBuffer {
    private final byte[] newline;
    private final byte[] carriageReturn;
    private final int lineBytesMax;
    private final FreeArrays free;

    private byte[] buffer;

    /** Where each line starts and ends, and how much of an overlong one is dropped. */
    private final int[] bounds;

    private final long[] dropped;
    private int count;
    private boolean isAnyOverlong;
    private long memoryBytesMax = Long.MAX_VALUE;

    /**
     * A buffer for one encoding.
     *
     * @param newline a newline in the encoding; its length is the width of a character
     * @param carriageReturn a carriage return in the encoding
     * @param lineBytesMax longest line; a longer one is truncated
     * @param linesMax most lines of a chunk
     * @param free has arrays of released chunks
     */
    LineBuffer(byte[] newline, byte[] carriageReturn, int lineBytesMax, int sizeBytes, int linesMax, FreeArrays free) {
        this.newline = newline.clone();
        this.carriageReturn = carriageReturn.clone();
        this.lineBytesMax = lineBytesMax;
        this.buffer = new byte[sizeBytes - sizeBytes % newline.length];
        bounds = new int[2 * linesMax];
        dropped = new long[linesMax];
        this.free = free;
    }

    /** May be another one after {@link #lines}. */
    byte[] bytes() {
        return buffer;
    }

    int size() {
        return buffer.length;
    }

    /** Bytes of a newline, and so of a character. */
    int newlineBytes() {
        return newline.length;
    }

    int lineBytesMax() {
        return lineBytesMax;
    }

    int count() {
        return count;
    }

    /** Limits the memory of the next chunks; each has at least one line nevertheless. */
    void limitMemory(long bytes) {
        memoryBytesMax = bytes;
    }

    /** Whether no more lines may be added. */
    boolean isFull() {
        return count == dropped.length
                || (count > 0 && Chunk.memoryBytes(bounds[2 * count - 1], count) >= memoryBytesMax);
    }

    void clear() {
        count = 0;
        isAnyOverlong = false;
    }

    /** Finds the lines in the buffer, as many as fit into a chunk. Returns the length of all of them. */
    int split(int length) {
        clear();
        int start = 0;
        int end = newlineFrom(start, length);
        while (end >= 0 && !isFull()) {
            add(start, end);
            start = end + newline.length;
            end = newlineFrom(start, length);
        }
        return start;
    }

    /** The place of the next newline, or -1. */
    int newlineFrom(int start, int length) {
        for (int at = start; at + newline.length <= length; at += newline.length) {
            if (buffer[at] == newline[0] && isAt(newline, at)) {
                return at;
            }
        }
        return -1;
    }

    private boolean isAt(byte[] unit, int at) {
        return unit.length == 1
                ? buffer[at] == unit[0]
                : Arrays.equals(unit, 0, unit.length, buffer, at, at + unit.length);
    }

    /** The end of a line without its carriage return. */
    int withoutReturn(int start, int end) {
        int withoutReturn = end - carriageReturn.length;
        return withoutReturn >= start && isAt(carriageReturn, withoutReturn) ? withoutReturn : end;
    }

    /** Adds a line that ends before its newline. */
    void add(int start, int end) {
        int lineEnd = withoutReturn(start, end);
        int kept = Math.min(lineEnd - start, lineBytesMax);
        bounds[2 * count] = start;
        bounds[2 * count + 1] = start + kept;
        dropped[count] = (long) lineEnd - start - kept;
        isAnyOverlong |= dropped[count] > 0;
        count++;
    }

    /** The lines that were added, within the first bytes: in the buffer itself if they fill most of it. */
    Lines lines(int length) {
        boolean isMostOfIt = length >= buffer.length / 4 * 3;
        return new Lines(
                isMostOfIt ? takeBuffer() : Arrays.copyOf(buffer, length),
                length,
                Arrays.copyOf(bounds, 2 * count),
                isAnyOverlong ? Arrays.copyOf(dropped, count) : Lines.noneDropped());
    }

    private byte[] takeBuffer() {
        byte[] taken = buffer;
        buffer = free.take(taken.length);
        return taken;
    }

    /** Takes the array of lines that nobody needs any more. To be called once. */
    void release(Lines lines) {
        if (lines.bytes().length == buffer.length) {
            free.giveBack(lines.bytes());
        }
    }
}
