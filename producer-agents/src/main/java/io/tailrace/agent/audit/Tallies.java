package io.tailrace.agent.audit;

import io.tailrace.schemas.audit.GrowingSum;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Counts of records per topic and ten-minute window of event time, with the sums of their content hashes. Not thread-safe. */
public final class Tallies {
    private static final long UNKNOWN = -1;

    private final TreeMap<Window, Tally> byWindow = new TreeMap<>();
    /** How many windows each topic has. */
    private final Map<String, Integer> windowsByTopic = new HashMap<>();
    /** That of the last record: most records are in the window of the one before. */
    private @Nullable Tally latest;

    /** Ten minutes of a topic. */
    record Window(String topic, long startMs) implements Comparable<Window> {
        @Override
        public int compareTo(Window other) {
            int byTopic = topic.compareTo(other.topic);
            return byTopic != 0 ? byTopic : Long.compare(startMs, other.startMs);
        }
    }

    private static final class Tally {
        private final Window window;
        private final GrowingSum sum = new GrowingSum();
        private long rejected;
        private long latestEventMs = UNKNOWN;

        private Tally(Window window) {
            this.window = window;
        }

        private AuditLedger.Open toOpen() {
            return new AuditLedger.Open(window.topic, window.startMs, sum.sum(), rejected);
        }
    }

    /** Adds a record: a part of an array, without its framing. */
    public void add(String topic, long eventTimeMs, byte[] bytes, int offset, int length) {
        Tally tally = of(topic, eventTimeMs);
        tally.sum.add(bytes, offset, length);
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
            tally.sum.add(other.sum.sum());
            tally.rejected += other.rejected;
            tally.latestEventMs = Math.max(tally.latestEventMs, other.latestEventMs);
        }
    }

    /** Adds a count that a checkpoint kept. */
    void add(AuditLedger.Open count) {
        Tally tally = of(count.topic(), count.windowStartMs());
        tally.sum.add(count.sum());
        tally.rejected += count.rejected();
    }

    private Tally of(String topic, long timeMs) {
        long startMs = Math.floorDiv(timeMs, AuditLedger.WINDOW_MS) * AuditLedger.WINDOW_MS;
        Tally last = latest;
        if (last != null && last.window.startMs == startMs && last.window.topic.equals(topic)) {
            return last;
        }
        Tally tally = byWindow.computeIfAbsent(new Window(topic, startMs), this::newTally);
        latest = tally;
        return tally;
    }

    private Tally newTally(Window window) {
        windowsByTopic.merge(window.topic, 1, Integer::sum);
        return new Tally(window);
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
    public int size() {
        return byWindow.size();
    }

    /** The topics that have at least as many windows. */
    Set<String> topicsWithWindows(int min) {
        Set<String> topics = new TreeSet<>();
        windowsByTopic.forEach((topic, count) -> {
            if (count >= min) {
                topics.add(topic);
            }
        });
        return topics;
    }

    boolean isEmpty() {
        return byWindow.isEmpty();
    }

    Set<Window> windows() {
        return Collections.unmodifiableSet(byWindow.keySet());
    }

    /** The counts in the order of topics and windows. */
    List<AuditLedger.Open> counts() {
        return byWindow.values().stream().map(Tally::toOpen).toList();
    }

    /** The counts of some windows. */
    List<AuditLedger.Open> counts(Collection<Window> windows) {
        List<AuditLedger.Open> counts = new ArrayList<>();
        windows.forEach(window ->
                Optional.ofNullable(byWindow.get(window)).map(Tally::toOpen).ifPresent(counts::add));
        return counts;
    }

    void clear() {
        byWindow.clear();
        windowsByTopic.clear();
        latest = null;
    }
}
