package io.tailrace.server.transaction;

/** The way of a marker into a partition. Confined to one thread at a time. */
final class Delivery {
    private static final long BACKOFF_MS_MIN = 50;
    private static final int BACKOFF_DOUBLINGS_MAX = 6;

    private static final long NOT_ABSENT = Long.MAX_VALUE;

    private enum Phase {
        /** To be sent. */
        DUE,
        /** On its way. */
        SENT,
        /** The partition has it. */
        ARRIVED,
        /** The shard is being told. */
        REPORTED
    }

    private final long sinceMs;
    private Phase phase = Phase.DUE;
    private int failures;
    private long dueMs;
    private long absentSinceMs = NOT_ABSENT;

    Delivery(long nowMs) {
        this.sinceMs = nowMs;
        this.dueMs = nowMs;
    }

    long sinceMs() {
        return sinceMs;
    }

    boolean isDue(long nowMs) {
        return phase == Phase.DUE && dueMs <= nowMs;
    }

    /** When it is due, if that is later than now; else {@link Long#MAX_VALUE}. */
    long dueAfter(long nowMs) {
        return phase == Phase.DUE && dueMs > nowMs ? dueMs : Long.MAX_VALUE;
    }

    boolean isSent() {
        return phase == Phase.SENT;
    }

    boolean hasArrived() {
        return phase == Phase.ARRIVED;
    }

    boolean isUnderWay() {
        return phase == Phase.SENT || phase == Phase.REPORTED;
    }

    boolean hasFailed() {
        return failures > 0;
    }

    void send() {
        phase = Phase.SENT;
        absentSinceMs = NOT_ABSENT;
    }

    void arrive() {
        phase = Phase.ARRIVED;
    }

    void report() {
        phase = Phase.REPORTED;
    }

    void tryAgain(long nowMs) {
        phase = Phase.DUE;
        dueMs = nowMs + (BACKOFF_MS_MIN << Math.min(failures, BACKOFF_DOUBLINGS_MAX));
        failures++;
    }

    /** For how long the partition has been absent from the cluster, given whether it is now. */
    long absentFor(boolean isAbsent, long nowMs) {
        if (!isAbsent) {
            absentSinceMs = NOT_ABSENT;
            return 0;
        }
        absentSinceMs = Math.min(absentSinceMs, nowMs);
        return nowMs - absentSinceMs;
    }
}
