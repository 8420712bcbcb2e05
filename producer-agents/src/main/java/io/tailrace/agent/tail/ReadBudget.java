package io.tailrace.agent.tail;

/**
 * How many bytes the agent's thread may still read, in one step, of files that it does not send lines of yet: to reach a position in an
 * archive, to compare copies, or to find the end of what is skipped. What is left is done by later steps. Not thread-safe.
 */
final class ReadBudget {
    /** Decompressing so much takes below a second, but for bzip2. */
    static final long STEP_BYTES = 32 << 20;

    private long leftBytes;

    ReadBudget(long bytes) {
        leftBytes = bytes;
    }

    /** A budget without a bound, for commands that do nothing else meanwhile. */
    static ReadBudget unlimited() {
        return new ReadBudget(Long.MAX_VALUE);
    }

    boolean isLeft() {
        return leftBytes > 0;
    }

    /** Notes that bytes were read or decompressed. May be more than what was left, by those that are read at once. */
    void take(long bytes) {
        leftBytes -= bytes;
    }

    /** Begins another step. */
    void refill() {
        leftBytes = STEP_BYTES;
    }
}
