package io.tailrace.agent.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts acknowledged lines per topic and ten-minute window of event time (the paper's section 5).
 *
 * <p>A count is open while lines are added to it. A sealed count has a sequence number and never changes again. It is in
 * the checkpoint before it is sent, and sent until it is acknowledged. So after a crash the same count is sent again,
 * and the sum over distinct sequence numbers counts every line once, even if the line itself was sent twice.
 *
 * <p>Not thread-safe.
 */
public final class AuditLedger {
    public static final long WINDOW_MS = 600_000;

    /** Bounds the open counts: a source full of random times must not fill the memory. */
    private static final int OPEN_MAX = 10_000;

    private final TreeMap<Window, Long> open = new TreeMap<>();
    private List<Sealed> sealed;
    private long nextSequence;

    /** A ledger that continues from a checkpoint. */
    public AuditLedger(State state) {
        state.open().forEach(count -> open.put(new Window(count.topic(), count.windowStartMs()), count.count()));
        sealed = List.copyOf(state.sealed());
        nextSequence = state.nextSequence();
    }

    /**
     * What a checkpoint keeps.
     *
     * @param nextSequence sequence number of the next count to be sealed
     * @param open counts that may still grow
     * @param sealed counts that are not acknowledged yet
     */
    public record State(long nextSequence, List<Open> open, List<Sealed> sealed) {
        public static final State NEW = new State(0, List.of(), List.of());
    }

    /** The lines of one topic and window so far. */
    public record Open(String topic, long windowStartMs, long count) {}

    /** A final count. */
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

    /** Whether no more lines should be added before the open counts are sealed. */
    public boolean isFull() {
        return open.size() >= OPEN_MAX;
    }

    public boolean hasOpen() {
        return !open.isEmpty();
    }

    /** The counts to be sent, in order of their sequence. */
    public List<Sealed> sealed() {
        return sealed;
    }

    /** Makes every open count final. The previous ones must have been acknowledged. */
    public void seal() {
        if (!sealed.isEmpty()) {
            throw new IllegalStateException(sealed.size() + " sealed counts are not acknowledged");
        }
        List<Sealed> counts = new ArrayList<>();
        for (Map.Entry<Window, Long> count : open.entrySet()) {
            counts.add(new Sealed(
                    nextSequence++, count.getKey().topic(), count.getKey().startMs(), count.getValue()));
        }
        open.clear();
        sealed = List.copyOf(counts);
    }

    /** Drops the sealed counts, which were acknowledged. */
    public void acknowledge() {
        sealed = List.of();
    }

    /** What a checkpoint must keep now. */
    public State state() {
        List<Open> counts = new ArrayList<>();
        open.forEach((window, count) -> counts.add(new Open(window.topic(), window.startMs(), count)));
        return new State(nextSequence, counts, sealed);
    }
}
