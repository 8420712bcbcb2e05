package io.tailrace.agent.tail;

/** Since when no file is known to hold a content. Not thread-safe. */
final class Absence {
    private static final long UNKNOWN = -1;

    private boolean afterEnd;
    private long sinceMs;
    private long sinceSteadyMs = UNKNOWN;

    /** A file is there, or was never missed. */
    Absence() {}

    /** What another process has noted. */
    Absence(boolean afterEnd, long sinceMs) {
        this.afterEnd = afterEnd;
        this.sinceMs = sinceMs;
    }

    /** @param hasBeenRead whether the content was read to its end before */
    void begin(boolean hasBeenRead, Moment now) {
        afterEnd = hasBeenRead;
        sinceMs = now.wallMs();
        sinceSteadyMs = now.steadyMs();
    }

    /** Whether the content was read to its end before its file went missing. */
    boolean isAfterEnd() {
        return afterEnd;
    }

    /** The content was found in a file where it may have grown. */
    void end() {
        afterEnd = false;
    }

    /** Whether it was ever noted. */
    boolean isNoted() {
        return sinceMs != 0;
    }

    /** When it was noted last, on the wall clock; 0 if never. */
    long sinceMs() {
        return sinceMs;
    }

    /** How long it has lasted. */
    long lastsMs(Moment now) {
        if (sinceSteadyMs == UNKNOWN) {
            // Another process has noted it, of which only the wall clock is left.
            sinceSteadyMs = now.steadyMs() - Math.max(0, now.wallMs() - sinceMs);
        }
        return now.steadyMs() - sinceSteadyMs;
    }
}
