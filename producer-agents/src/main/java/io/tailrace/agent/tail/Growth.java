package io.tailrace.agent.tail;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** When a file last grew, and whether it was read to its end since. Not thread-safe. */
final class Growth {
    private static final long UNKNOWN = -1;

    private long lastMs;
    private boolean atEnd;
    private boolean endIncomplete;
    private @Nullable IOException failure;
    private long caughtUpMs = UNKNOWN;

    /** The file has grown, or may have. */
    void note(Moment now) {
        lastMs = now.steadyMs();
        noteMore();
        failure = null;
    }

    /** There is more to be read, whether the file grows or not. */
    void noteMore() {
        atEnd = false;
        endIncomplete = false;
    }

    /** A read found nothing more, except perhaps an incomplete end. */
    void noteEnd(boolean isIncomplete) {
        atEnd = true;
        endIncomplete = isIncomplete;
    }

    /** Nothing more can be read until the file changes. */
    void noteFailure(IOException reason) {
        noteEnd(true);
        failure = reason;
    }

    /** Everything in the file is acknowledged. */
    void noteCaughtUp(Moment now) {
        caughtUpMs = now.wallMs();
    }

    /** Time since the file last grew. */
    long quietMs(Moment now) {
        return now.steadyMs() - lastMs;
    }

    /** Whether the last read found nothing more. */
    boolean isAtEnd() {
        return atEnd;
    }

    /** Whether the file ends within a line, or, if it is compressed, too early. */
    boolean isEndIncomplete() {
        return endIncomplete;
    }

    /** Why nothing more could be read; null if it could. */
    @Nullable
    IOException failure() {
        return failure;
    }

    /** When everything in the file was last known to be acknowledged; -1 if it was not since the agent's start. */
    long caughtUpMs() {
        return caughtUpMs;
    }
}
