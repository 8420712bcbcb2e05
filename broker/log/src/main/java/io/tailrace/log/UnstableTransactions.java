package io.tailrace.log;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The transactions of a log that a reader of committed records must not pass: those that are open, and those whose marker may
 * not be committed. Changed under the append lock, read by any thread.
 */
final class UnstableTransactions {
    /** The marker's offset of an open transaction: above every high watermark. */
    private static final long OPEN = Long.MAX_VALUE;

    /** The offset of the marker, by first offset. Transactions of one producer follow each other, so no two begin alike. */
    private final ConcurrentNavigableMap<Long, Long> markers = new ConcurrentSkipListMap<>();

    void begin(long firstOffset) {
        markers.put(firstOffset, OPEN);
    }

    /** The marker has been written; the log's end has not moved yet. */
    void end(long firstOffset, long markerOffset) {
        markers.put(firstOffset, markerOffset);
    }

    /**
     * The first offset of a transaction that is not decided below a high watermark (exclusive), or {@link Long#MAX_VALUE}.
     * Forgets the decided ones.
     */
    long firstOffset(long highWatermark) {
        for (Map.Entry<Long, Long> each = markers.firstEntry(); each != null; each = markers.firstEntry()) {
            if (each.getValue() >= highWatermark) {
                return each.getKey();
            }
            boolean unused = markers.remove(each.getKey(), each.getValue());
        }
        return Long.MAX_VALUE;
    }

    /** The first offset of an open transaction, or {@link Long#MAX_VALUE}. */
    long firstOpen() {
        return markers.entrySet().stream()
                .filter(each -> each.getValue() == OPEN)
                .mapToLong(Map.Entry::getKey)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    /** The markers of the ended ones, by first offset. */
    SortedMap<Long, Long> ended() {
        SortedMap<Long, Long> ended = new TreeMap<>(markers);
        ended.values().removeIf(marker -> marker == OPEN);
        return ended;
    }
}
