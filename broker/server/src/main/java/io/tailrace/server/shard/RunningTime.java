package io.tailrace.server.shard;

import java.util.function.LongSupplier;

/**
 * The time during which this process ran, in milliseconds since an arbitrary moment. It does not jump with the wall clock. It
 * leaves out most of a period in which the process stood still (a stopped process, a virtual machine that was moved, a very long
 * garbage collection), because a client that kept sending must not seem silent. The client's requests then wait in sockets. A
 * timer with more than {@link #STEP_MS_MAX} to go does not expire before they have had that long to be read. Thread-safe.
 *
 * <p>Design note: a pause is recognized by a gap between calls. The time must therefore be read every {@link #TICK_MS}.
 */
public final class RunningTime {
    /** How often {@link #nowMs} must be called while the process runs. */
    static final long TICK_MS = 250;

    /** The most that time advances between two calls. */
    static final long STEP_MS_MAX = 1_000;

    private final LongSupplier steadyMs;
    private long lastMs;
    private long leftOutMs;

    /** @param steadyMs never goes back */
    public RunningTime(LongSupplier steadyMs) {
        this.steadyMs = steadyMs;
        this.lastMs = steadyMs.getAsLong();
    }

    /** The current time. Never goes back. */
    public synchronized long nowMs() {
        long now = steadyMs.getAsLong();
        leftOutMs += Math.max(0, now - lastMs - STEP_MS_MAX);
        lastMs = now;
        return now - leftOutMs;
    }
}
