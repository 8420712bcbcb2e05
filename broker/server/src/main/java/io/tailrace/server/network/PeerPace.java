package io.tailrace.server.network;

/**
 * Decides whether a peer sends a request, or takes an answer, fast enough. While memory is short, the peer must make progress
 * within a tenth of the usual time, so that slow peers do not keep others waiting. Uses no clock: the caller asks at fixed
 * intervals. Not thread-safe.
 */
final class PeerPace {
    /**
     * A peer that transfers at least this much does not time out while there is memory. While memory is short, it needs ten
     * times this rate after a tenth of the usual time.
     */
    static final int BYTES_PER_SECOND_MIN = 64 * 1024;

    private static final int SHORT_OF_MEMORY_DIVISOR = 10;

    private final long msMax;
    private long current = -1;
    private long elapsedMs;
    private long lastBytes;
    /** The time since the last byte. */
    private long stalledMs;

    /** @param msMax time for a transfer in addition to what its bytes take at the minimum rate */
    PeerPace(long msMax) {
        this.msMax = msMax;
    }

    /** How often to ask. */
    long intervalMs() {
        return Math.max(1, Math.min(1000, msMax / SHORT_OF_MEMORY_DIVISOR));
    }

    /** Forgets the time counted so far. */
    void reset() {
        current = -1;
    }

    /**
     * Counts one more interval.
     *
     * @param transfer a number that differs from one transfer to the next
     * @param bytes transferred bytes of this transfer
     * @param shortOfMemory whether others wait for the memory that this transfer holds
     * @return whether the transfer takes too long
     */
    boolean isTooSlow(long transfer, long bytes, boolean shortOfMemory) {
        if (transfer != current) {
            current = transfer;
            elapsedMs = 0;
            lastBytes = bytes;
            stalledMs = 0;
            return false;
        }
        elapsedMs += intervalMs();
        stalledMs = bytes == lastBytes ? stalledMs + intervalMs() : 0;
        lastBytes = bytes;
        long allowedMs = msMax + bytes * 1000 / BYTES_PER_SECOND_MIN;
        return shortOfMemory
                ? elapsedMs > allowedMs / SHORT_OF_MEMORY_DIVISOR || stalledMs > msMax / SHORT_OF_MEMORY_DIVISOR
                : elapsedMs > allowedMs;
    }
}
