package io.tailrace.agent.tail;

/**
 * Lines in one array, without an object for each. Valid until their chunk is released, after which the array may hold others.
 *
 * <p>An overlong line is truncated: only its beginning counts as the line.
 */
public final class Lines {
    private static final long[] NONE_DROPPED = {};

    private final byte[] bytes;
    private final int length;
    /** Two for each line: where it starts, and where it ends without its line end. */
    private final int[] bounds;
    /** For each line how much is missing of it, or no elements if no line is truncated. */
    private final long[] dropped;

    /** @param length how many of the bytes are the lines' and what separates them */
    Lines(byte[] bytes, int length, int[] bounds, long[] dropped) {
        this.bytes = bytes;
        this.length = length;
        this.bounds = bounds;
        this.dropped = dropped;
    }

    /** The beginning of one overlong line. */
    static Lines overlong(byte[] beginning, long droppedBytes) {
        return new Lines(beginning, beginning.length, new int[] {0, beginning.length}, new long[] {droppedBytes});
    }

    /** For lines none of which is truncated. */
    static long[] noneDropped() {
        return NONE_DROPPED;
    }

    /** Holds the lines, and what separates them, in its first {@link #length} bytes. */
    public byte[] bytes() {
        return bytes;
    }

    /** How many bytes the lines take, with what separates them. */
    public int length() {
        return length;
    }

    /** How many lines there are. */
    public int count() {
        return bounds.length / 2;
    }

    /** Where a line starts in {@link #bytes}. */
    public int start(int line) {
        return bounds[2 * line];
    }

    /** Where a line ends in {@link #bytes}, without its line end. */
    public int end(int line) {
        return bounds[2 * line + 1];
    }

    /** How many bytes are missing at a line's end because it is overlong; else 0. */
    public long dropped(int line) {
        return dropped.length == 0 ? 0 : dropped[line];
    }

    /** How many lines are overlong. */
    int overlongCount() {
        int count = 0;
        for (long bytesDropped : dropped) {
            count += bytesDropped > 0 ? 1 : 0;
        }
        return count;
    }

    /** Bytes of the lines, without what separates them. */
    public long lineBytes() {
        long total = 0;
        for (int line = 0; line < count(); line++) {
            total += end(line) - start(line);
        }
        return total;
    }
}
