package io.tailrace.agent;

/**
 * Limits the lines that a source reads in a second, by waiting: what is not read stays in the log. After a chunk of lines, nothing is
 * read until as much time has passed as they may take. Not thread-safe.
 */
final class RateLimit {
    private static final long NANOS_PER_SEC = 1_000_000_000;
    private static final long NANOS_PER_MS = 1_000_000;
    private static final long NEVER = Long.MIN_VALUE;

    private final int linesPerSecMax;
    private long openAtNanos = NEVER;

    /** @param linesPerSecMax 0 for no limit */
    RateLimit(int linesPerSecMax) {
        this.linesPerSecMax = linesPerSecMax;
    }

    /** Whether lines may be read now. */
    boolean isOpen(long steadyMs) {
        return linesPerSecMax == 0 || openAtNanos == NEVER || steadyMs * NANOS_PER_MS >= openAtNanos;
    }

    /** Lines were read. */
    void took(int lines, long steadyMs) {
        openAtNanos = Math.max(openAtNanos, steadyMs * NANOS_PER_MS) + nanos(lines);
    }

    /** Lines that were read are not sent, and so do not count. */
    void gaveBack(int lines) {
        openAtNanos -= nanos(lines);
    }

    private long nanos(int lines) {
        return linesPerSecMax == 0 ? 0 : lines * NANOS_PER_SEC / linesPerSecMax;
    }
}
