package io.tailrace.agent.ship;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts acknowledged lines per topic and ten-minute window of event time (the paper's section 5).
 *
 * <p>A count is open while lines are added to it. Sealed, it has a sequence number and never changes again: it is in
 * the checkpoint before it is sent, and sent until it is acknowledged. So a crash sends it again as it was, and adding
 * up what differs in sequence gives every line once, even where the lines themselves were sent twice.
 */
public final class AuditLedger {
    public static final long WINDOW_MS = 600_000;

    /** Open counts, at most: a source full of random times must not fill the memory. */
    private static final int OPEN_MAX = 10_000;

    private final TreeMap<Window, Long> open = new TreeMap<>();
    private List<Sealed> sealed;
    private long nextSequence;

    /** Goes on from a checkpoint. */
    public AuditLedger(State state) {
        state.open().forEach(count -> open.put(new Window(count.topic(), count.windowStartMs()), count.count()));
        sealed = List.copyOf(state.sealed());
        nextSequence = state.nextSequence();
    }

    /**
     * What a checkpoint keeps.
     *
     * @param nextSequence the next sealed count's sequence number
     * @param open counts that may still grow
     * @param sealed counts that are being sent
     */
    public record State(long nextSequence, List<Open> open, List<Sealed> sealed) {
        public static final State NEW = new State(0, List.of(), List.of());
    }

    /** Lines of one topic and window so far. */
    public record Open(String topic, long windowStartMs, long count) {}

    /** A count that is final. */
    public record Sealed(long sequence, String topic, long windowStartMs, long count) {}

    private record Window(String topic, long startMs) implements Comparable<Window> {
        @Override
        public int compareTo(Window other) {
            int byTopic = topic.compareTo(other.topic);
            return byTopic != 0 ? byTopic : Long.compare(startMs, other.startMs);
        }
    }

    /** Counts one acknowledged line. */
    public void add(String topic, long eventTimeMs) {
        open.merge(new Window(topic, Math.floorDiv(eventTimeMs, WINDOW_MS) * WINDOW_MS), 1L, Long::sum);
    }

    public boolean isFull() {
        return open.size() >= OPEN_MAX;
    }

    public boolean hasOpen() {
        return !open.isEmpty();
    }

    /** The counts that are to be sent, in the order of their sequence. */
    public List<Sealed> sealed() {
        return sealed;
    }

    /** Makes every open count final. The sealed ones before must have been acknowledged. */
    public void seal() {
        if (!sealed.isEmpty()) {
            throw new IllegalStateException(sealed.size() + " counts are sealed and not acknowledged");
        }
        List<Sealed> counts = new ArrayList<>();
        for (Map.Entry<Window, Long> count : open.entrySet()) {
            counts.add(new Sealed(
                    nextSequence++, count.getKey().topic(), count.getKey().startMs(), count.getValue()));
        }
        open.clear();
        sealed = List.copyOf(counts);
    }

    /** The sealed counts were acknowledged. */
    public void acknowledged() {
        sealed = List.of();
    }

    public State state() {
        List<Open> counts = new ArrayList<>();
        open.forEach((window, count) -> counts.add(new Open(window.topic(), window.startMs(), count)));
        return new State(nextSequence, counts, sealed);
    }
}
