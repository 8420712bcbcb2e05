package io.tailrace.log;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The ends of the last appends, so that reads near the log end and the high watermark need no index.
 *
 * <p>Written under the append lock, read without one. The entries are immutable, and an old one stays correct until a truncation,
 * which clears them while no reader runs.
 */
final class RecentAppends {
    private static final int SIZE = 64;

    private final @Nullable LogEnd[] ends = new @Nullable LogEnd[SIZE];
    private int next;

    void add(LogEnd end) {
        ends[next] = end;
        next = (next + 1) % SIZE;
    }

    /** The append to {@code segment} that ended at an offset, or null. */
    @Nullable
    LogEnd at(long offset, Segment segment) {
        for (LogEnd end : ends) {
            if (end != null && end.offset() == offset && end.segment() == segment) {
                return end;
            }
        }
        return null;
    }

    void clear() {
        Arrays.fill(ends, null);
    }
}
