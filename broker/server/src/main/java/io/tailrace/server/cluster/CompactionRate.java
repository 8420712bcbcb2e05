package io.tailrace.server.cluster;

import io.tailrace.log.CompactionPace;
import java.util.function.LongSupplier;

/**
 * Keeps the reads and writes of all compactions below a rate, and ends them when the broker stops. Each piece is followed by a
 * pause, so the rate holds over any period that is long compared with one piece. Thread-safe.
 */
final class CompactionRate implements CompactionPace {
    private final double bytesPerSecondMax;
    private final LongSupplier steadyMs;
    /** When the next piece may start. Guarded by this. */
    private double nextMs = -Double.MAX_VALUE;
    /** Guarded by this. */
    private boolean isStopped;

    CompactionRate(double bytesPerSecondMax, LongSupplier steadyMs) {
        this.bytesPerSecondMax = bytesPerSecondMax;
        this.steadyMs = steadyMs;
    }

    @Override
    public synchronized boolean await(int bytes) {
        try {
            for (long waitMs = waitMs(); waitMs > 0 && !isStopped; waitMs = waitMs()) {
                wait(waitMs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        nextMs = Math.max(nextMs, (double) steadyMs.getAsLong()) + bytes * 1000.0 / bytesPerSecondMax;
        return !isStopped;
    }

    /** How long the next piece has to wait. */
    synchronized long waitMs() {
        return (long) Math.ceil(nextMs - steadyMs.getAsLong());
    }

    /** Ends all waits, now and from now on. */
    synchronized void stop() {
        isStopped = true;
        notifyAll();
    }
}
