package io.tailrace.agent.tail;

/** For how long a file has had its descriptor, while others may wait for one. Not thread-safe. */
final class DescriptorTurn {
    /** How many chunks of a file are read in a turn. */
    static final int READS_MAX = 16;

    /** A file of which nothing is read for this long, as its chunks are not acknowledged, is idle. */
    private static final long IDLE_MS = 5_000;

    private int reads;
    /** When the file was last opened or read. */
    private long readMs;

    /** The file was opened. */
    void begin(Moment now) {
        reads = 0;
        readMs = now.steadyMs();
    }

    void noteRead(Moment now) {
        reads++;
        readMs = now.steadyMs();
    }

    /** Whether enough was read for a while. */
    boolean isLong() {
        return reads >= READS_MAX;
    }

    /** Whether nothing was read for a while. */
    boolean isIdle(Moment now) {
        return now.steadyMs() - readMs >= IDLE_MS;
    }
}
