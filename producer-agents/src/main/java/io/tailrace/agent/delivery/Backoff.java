package io.tailrace.agent.delivery;

import java.util.concurrent.ThreadLocalRandom;

/** When to send again: pauses that double from 100 ms to 30 s. Not thread-safe. */
public final class Backoff {
    private static final long MS_MIN = 100;
    private static final long MS_MAX = 30_000;
    private static final int DOUBLINGS_MAX = 9;

    private int failures;
    private long retryAtMs = Long.MIN_VALUE;

    /** Whether the pause has passed. */
    public boolean isOver(long nowMs) {
        return nowMs >= retryAtMs;
    }

    /** Begins a pause, unless one has begun that is not over. */
    public void failed(long nowMs) {
        if (!isOver(nowMs)) {
            return;
        }
        long pauseMs = Math.min(MS_MAX, MS_MIN << Math.min(failures, DOUBLINGS_MAX));
        failures++;
        retryAtMs = nowMs + ThreadLocalRandom.current().nextLong(pauseMs / 2, pauseMs + 1);
    }

    /** The next pause is the shortest. */
    public void succeeded() {
        failures = 0;
    }
}
