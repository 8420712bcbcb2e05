package io.tailrace.log;

import java.util.concurrent.atomic.AtomicBoolean;

/** When a log was last compacted, and when the next attempt may start. Thread-safe. */
final class CompactionState {
    /** The longest pause after failures. */
    private static final long PAUSE_MS_MAX = 3_600_000;

    private static final int DOUBLINGS_MAX = 20;

    private static final long NOTHING_REPLACED = Long.MAX_VALUE;
    private static final long FROM_THE_START = -1;

    private final AtomicBoolean isClaimed = new AtomicBoolean();
    private volatile long lastMs = Long.MIN_VALUE;
    private volatile long retryMs = Long.MIN_VALUE;
    private volatile int failures;
    /** Where the next pass continues if the last one met damage. Used by the thread that has claimed the log. */
    private volatile long resumeOffset = FROM_THE_START;

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

    /** Whether the last pass failed. */
    boolean hasFailed() {
        return failures > 0;
    }

    void begin(long nowMs) {
        lastMs = nowMs;
    }

    /**
     * The first offset whose key the next pass reads.
     *
     * @param firstDirtyOffset the first offset that was never compacted
     * @param endOffset exclusive: the end of the records that can be compacted
     */
    long resumeOffset(long firstDirtyOffset, long endOffset) {
        return resumeOffset > firstDirtyOffset && resumeOffset < endOffset ? resumeOffset : firstDirtyOffset;
    }

    /** Lets the next pass continue at an offset, without a pause, because the map was full and this pass may not count. */
    void goOnFrom(long offset) {
        resumeOffset = offset;
    }

    void succeeded() {
        failures = 0;
        retryMs = Long.MIN_VALUE;
        resumeOffset = FROM_THE_START;
    }

    /** Starts a pause, which doubles with each failure. Called by the thread that has claimed the log. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void failed(long nowMs, long backoffMs) {
        long pauseMs = Math.min(PAUSE_MS_MAX, backoffMs << Math.min(failures, DOUBLINGS_MAX));
        failures++;
        resumeOffset = FROM_THE_START;
        retryMs = nowMs + Math.max(backoffMs, pauseMs);
    }
}
