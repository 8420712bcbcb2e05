package io.tailrace.groups;

/**
 * How the first rebalance of an empty group waits for further members: for {@code group.initial.rebalance.delay.ms} after the last one
 * joined.
 *
 * @param remainingMs how long it may take at most, from {@code sinceMs} on
 * @param sinceMs wall-clock time at which the last member joined
 */
public record InitialDelay(int remainingMs, long sinceMs) {
    /**
     * A member joins now.
     *
     * @param delayMs the time that it started the delay with; whatever the clock says, no more has passed
     */
    public InitialDelay extended(int delayMs, long nowMs) {
        int passedMs = (int) Math.min(delayMs, Math.max(0, nowMs - sinceMs));
        return new InitialDelay(Math.max(0, remainingMs - passedMs), nowMs);
    }
}
