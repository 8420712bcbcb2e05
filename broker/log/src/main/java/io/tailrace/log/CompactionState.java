package io.tailrace.log;

import java.util.concurrent.atomic.AtomicBoolean;

/** When a log was compacted last, and when that may be tried again. Thread-safe. */
final class CompactionState {
    /** The longest pause after failures. */
    private static final long PAUSE_MS_MAX = 3_600_000;

    private static final int DOUBLINGS_MAX = 20;

    private static final long NOTHING_REPLACED = Long.MAX_VALUE;

    private final AtomicBoolean isClaimed = new AtomicBoolean();
    private volatile long lastMs = Long.MIN_VALUE;
    private volatile long retryMs = Long.MIN_VALUE;
    private volatile int failures;
    private volatile long replacedFrom = NOTHING_REPLACED;

    /** Claims the log for the calling thread; false if another thread compacts it. */
    boolean tryClaim() {
        return isClaimed.compareAndSet(false, true);
    }

    void release() {
        isClaimed.set(false);
    }

    /** Keeps retention off the segments from this base offset on: the chain on disk is about to list their replacement. */
    void beginReplacing(long baseOffset) {
        replacedFrom = baseOffset;
    }

    void endReplacing() {
        replacedFrom = NOTHING_REPLACED;
    }

    /** Whether retention must leave a segment alone. */
    boolean isReplacing(Segment segment) {
        return segment.baseOffset() >= replacedFrom;
    }

    /** When the last pass began. */
    long lastMs() {
        return lastMs;
    }

    /** Whether no pause after a failure is in progress. */
    boolean mayRun(long nowMs) {
        return nowMs >= retryMs;
    }

    void begin(long nowMs) {
        lastMs = nowMs;
    }

    void succeeded() {
        failures = 0;
        retryMs = Long.MIN_VALUE;
    }

    /** Starts a pause, which doubles with each failure. Called by the thread that has claimed the log. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void failed(long nowMs, long backoffMs) {
        long pauseMs = Math.min(PAUSE_MS_MAX, backoffMs << Math.min(failures, DOUBLINGS_MAX));
        failures++;
        retryMs = nowMs + Math.max(backoffMs, pauseMs);
    }
}
