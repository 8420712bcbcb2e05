package io.tailrace.cli;

import java.util.List;

/**
 * What the recent commits of a partition say about its consumer: Burrow's rules, and {@link #GROWING} for what they miss. The first
 * that applies counts, worst first:
 *
 * <ol>
 *   <li>No lag now: {@link #OK}.
 *   <li>No commit for longer than the commits of the window took: {@link #STOP}.
 *   <li>No lag at some commit of the window: {@link #OK}.
 *   <li>An offset below the one before it: {@link #REWIND}.
 *   <li>The same offset in all commits, and a lag that never falls: {@link #STALL}.
 *   <li>A lag that never falls from one commit to the next: {@link #WARN}.
 *   <li>A lag whose minimum rises from each third of the window to the next: {@link #GROWING}.
 * </ol>
 */
enum LagVerdict {
    /** Nothing is wrong, or too little is known. */
    OK,
    /** The consumer commits, and its lag falls now and then, but rises over the window. */
    GROWING,
    /** The consumer commits, and its lag never falls. */
    WARN,
    /** The consumer commits the same offset again and again. */
    STALL,
    /** The consumer does not commit any more. */
    STOP,
    /** The consumer went back to an earlier offset. */
    REWIND;

    /** Fewer commits than this show no trend. */
    static final int TREND_COMMITS_MIN = 3;

    private static final int GROWTH_COMMITS_MIN = 9;

    /**
     * A commit in the past.
     *
     * @param committedAtMs when
     * @param offset the committed offset
     * @param lag the records that the log had beyond it at that time
     */
    record Commit(long committedAtMs, long offset, long lag) {}

    /**
     * Judges a partition.
     *
     * @param window the commits of the window, oldest first
     * @param lag records now
     * @param lagMs how long the oldest record beyond the committed offset has been waiting
     */
    static LagVerdict of(List<Commit> window, long lag, long lagMs, long windowMs, long nowMs) {
        if (lag <= 0) {
            return OK;
        }
        if (hasStopped(window, lagMs, windowMs, nowMs)) {
            return STOP;
        }
        if (window.size() < 2 || window.stream().anyMatch(commit -> commit.lag() <= 0)) {
            return OK;
        }
        if (pairs(window, (before, after) -> after.offset() < before.offset()) > 0) {
            return REWIND;
        }
        if (window.size() < TREND_COMMITS_MIN) {
            return OK;
        }
        if (pairs(window, (before, after) -> after.lag() < before.lag()) == 0) {
            return pairs(window, (before, after) -> after.offset() != before.offset()) == 0 ? STALL : WARN;
        }
        return isGrowing(window) ? GROWING : OK;
    }

    /** Without a commit in the window, records must have been waiting for all of it: an idle topic needs no commits. */
    private static boolean hasStopped(List<Commit> window, long lagMs, long windowMs, long nowMs) {
        if (window.isEmpty()) {
            return lagMs > windowMs;
        }
        long last = window.get(window.size() - 1).committedAtMs();
        return window.size() >= TREND_COMMITS_MIN
                && nowMs - last > last - window.get(0).committedAtMs()
                && lagMs > last - window.get(0).committedAtMs();
    }

    private interface PairTest {
        boolean matches(Commit before, Commit after);
    }

    private static int pairs(List<Commit> window, PairTest test) {
        int matches = 0;
        for (int i = 1; i < window.size(); i++) {
            if (test.matches(window.get(i - 1), window.get(i))) {
                matches++;
            }
        }
        return matches;
    }

    private static boolean isGrowing(List<Commit> window) {
        int third = window.size() / 3;
        return window.size() >= GROWTH_COMMITS_MIN
                && leastLag(window.subList(0, third)) < leastLag(window.subList(third, 2 * third))
                && leastLag(window.subList(third, 2 * third)) < leastLag(window.subList(2 * third, window.size()));
    }

    private static long leastLag(List<Commit> commits) {
        return commits.stream().mapToLong(Commit::lag).min().orElseThrow();
    }
}
