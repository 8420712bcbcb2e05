package io.tailrace.log;

import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The transactions of a log that a reader of committed records must not pass: those that are open, and those that have ended and
 * whose marker may not be committed. Thread-safe.
 */
final class UnstableTransactions {
    private static final long NONE = Long.MAX_VALUE;

    /** The first offsets of the open ones. Guarded by this, as is everything below. */
    private final NavigableSet<Long> open = new TreeSet<>();

    /** The first offsets of the ended ones, by the offset of the marker. Those at or above the high watermark are few. */
    private final NavigableMap<Long, Long> ended = new TreeMap<>();

    synchronized void begin(long firstOffset) {
        open.add(firstOffset);
    }

    /** The marker has been written; the log's end has not moved yet. */
    synchronized void end(long firstOffset, long markerOffset) {
        open.remove(firstOffset);
        ended.put(markerOffset, firstOffset);
    }

    synchronized int openCount() {
        return open.size();
    }

    /** Forgets the ended ones whose markers are below an offset. */
    synchronized void forgetEndedBelow(long offset) {
        ended.headMap(offset).clear();
    }

    /** The first offset of a transaction that is not decided below a high watermark (exclusive), or {@link Long#MAX_VALUE}. */
    synchronized long firstOffset(long highWatermark) {
        long first = firstOpen();
        for (long each : ended.tailMap(highWatermark).values()) {
            first = Math.min(first, each);
        }
        return first;
    }

    /** The first offset of an open transaction, or {@link Long#MAX_VALUE}. */
    synchronized long firstOpen() {
        return open.isEmpty() ? NONE : open.first();
    }

    /** The first offsets of the ended ones, by the offset of the marker. */
    synchronized SortedMap<Long, Long> ended() {
        return new TreeMap<>(ended);
    }
}
