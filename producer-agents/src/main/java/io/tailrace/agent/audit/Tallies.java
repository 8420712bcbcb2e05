package io.tailrace.agent.audit;

import io.tailrace.schemas.audit.ContentHash;
import io.tailrace.schemas.audit.ContentSum;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts of records per topic and ten-minute window of event time, with the sums of their content hashes. Not thread-safe. */
public final class Tallies {
    private static final long UNKNOWN = -1;

    private final TreeMap<Window, Tally> byWindow = new TreeMap<>();
    /** That of the last record: most records are in the window of the one before. */
    private @Nullable Tally latest;

    private record Window(String topic, long startMs) implements Comparable<Window> {
        @Override
        public int compareTo(Window other) {
            int byTopic = topic.compareTo(other.topic);
            return byTopic != 0 ? byTopic : Long.compare(startMs, other.startMs);
        }
    }

    private static final class Tally {
        private final Window window;
        private ContentSum sum = ContentSum.ZERO;
        private long rejected;
        private long latestEventMs = UNKNOWN;

        private Tally(Window window) {
            this.window = window;
        }
    }

    /** Adds a record. */
    public void add(String topic, long eventTimeMs, ContentHash hash) {
        Tally tally = of(topic, eventTimeMs);
        tally.sum = tally.sum.plus(hash);
        tally.latestEventMs = Math.max(tally.latestEventMs, eventTimeMs);
    }

    /** Counts a line that was meant for a topic and became a dead letter. */
    public void addRejected(String topic, long rejectedMs) {
        of(topic, rejectedMs).rejected++;
    }

    /** Adds the counts of others. */
    public void addAll(Tallies others) {
        for (Tally other : others.byWindow.values()) {
            Tally tally = of(other.window.topic, other.window.startMs);
            tally.sum = tally.sum.plus(other.sum);
            tally.rejected += other.rejected;
            tally.latestEventMs = Math.max(tally.latestEventMs, other.latestEventMs);
        }
    }

    /** Adds a count that a checkpoint kept. */
    void add(AuditLedger.Open count) {
        Tally tally = of(count.topic(), count.windowStartMs());
        tally.sum = tally.sum.plus(count.sum());
        tally.rejected += count.rejected();
    }

    private Tally of(String topic, long timeMs) {
        long startMs = Math.floorDiv(timeMs, AuditLedger.WINDOW_MS) * AuditLedger.WINDOW_MS;
        Tally last = latest;
        if (last != null && last.window.startMs == startMs && last.window.topic.equals(topic)) {
            return last;
        }
        Tally tally = byWindow.computeIfAbsent(new Window(topic, startMs), Tally::new);
        latest = tally;
        return tally;
    }

    /** The latest event time of a topic's records; -1 if there are none. */
    public long latestEventMs(String topic) {
        return byWindow.values().stream()
                .filter(tally -> tally.window.topic.equals(topic))
                .mapToLong(tally -> tally.latestEventMs)
                .max()
                .orElse(UNKNOWN);
    }

    /** How many windows there are. */
    int size() {
        return byWindow.size();
    }

    boolean isEmpty() {
        return byWindow.isEmpty();
    }

    /** The counts in the order of topics and windows. */
    List<AuditLedger.Open> counts() {
        return byWindow.values().stream()
                .map(tally -> new AuditLedger.Open(tally.window.topic, tally.window.startMs, tally.sum, tally.rejected))
                .toList();
    }

    void clear() {
        byWindow.clear();
        latest = null;
    }
}
