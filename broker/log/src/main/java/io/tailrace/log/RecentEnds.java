package io.tailrace.log;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the last appends ended, so that readers near the end, and high watermarks, need no index.
 *
 * <p>Written under the append lock, read without one: the entries are immutable and a stale one is as true as a new
 * one, until a truncation clears them, which keeps readers out.
 */
final class RecentEnds {
    private static final int SIZE = 64;

    private final @Nullable LogEnd[] ends = new @Nullable LogEnd[SIZE];
    private int next;

    void add(LogEnd end) {
        ends[next] = end;
        next = (next + 1) % SIZE;
    }

    /** The append into {@code segment} that ended at an offset, or null. */
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
