package io.tailrace.groups;

/**
 * The delay of the first rebalance of an empty group, which waits for further members until
 * {@code group.initial.rebalance.delay.ms} after the last one joined.
 *
 * @param remainingMs the longest it may take, counted from {@code sinceMs}
 * @param sinceMs wall-clock time at which the last member joined
 */
public record InitialDelay(int remainingMs, long sinceMs) {
    /**
     * A member joins now.
     *
     * @param delayMs the duration that the delay was started with; no more than this has passed, even if the clock says so
     */
    public InitialDelay extended(int delayMs, long nowMs) {
        int passedMs = (int) Math.min(delayMs, Math.max(0, nowMs - sinceMs));
        return new InitialDelay(Math.max(0, remainingMs - passedMs), nowMs);
    }
}
