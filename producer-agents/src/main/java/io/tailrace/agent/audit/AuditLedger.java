package io.tailrace.agent.audit;

import io.tailrace.schemas.audit.ContentSum;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts acknowledged lines per topic and ten-minute window of event time (the paper's section 5), and sums the content
 * hashes of their records.
 *
 * <p>A count is open while lines are added to it. A sealed count has a sequence number and never changes again. It is in
 * the checkpoint before it is sent, and sent until it is acknowledged. So after a crash the same count is sent again,
 * and the sum over distinct sequence numbers has every line once, even if the line itself was sent twice.
 *
 * <p>Not thread-safe.
 */
public final class AuditLedger {
    public static final long WINDOW_MS = 600_000;

    /**
     * Bounds the open counts: a source full of random times must not fill the memory. One half is for any topic, the other one is divided
     * among them.
     */
    private static final int OPEN_MAX = 10_000;

    private final Tallies open = new Tallies();
    private List<Sealed> sealed;
    private long nextSequence;
    /** The windows whose open counts have grown since {@link #takeChange}. */
    private final Set<Tallies.Window> grown = new LinkedHashSet<>();
    /** Whether counts were sealed or acknowledged since then. */
    private boolean isChangedAsWhole;

    private final int openOfTopicMin;

    /**
     * A ledger that continues from a checkpoint.
     *
     * @param topics how many topics have counts
     */
    public AuditLedger(State state, int topics) {
        openOfTopicMin = OPEN_MAX / 2 / topics;
        for (Open count : state.open()) {
            open.add(count);
        }
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

    /**
     * What changed since a checkpoint.
     *
     * @param grown open counts that are new or have grown
     * @param whole everything, if counts were sealed or acknowledged; else null
     */
    public record Change(List<Open> grown, @Nullable State whole) {
        public static final Change NONE = of(List.of());

        public Change {
            grown = List.copyOf(grown);
        }

        public static Change of(List<Open> grown) {
            return new Change(grown, null);
        }

        public static Change of(State whole) {
            return new Change(List.of(), whole);
        }

        public boolean isEmpty() {
            return grown.isEmpty() && whole == null;
        }
    }

    /**
     * The lines of one topic and window so far.
     *
     * @param sum of the records
     * @param rejected lines that became dead letters instead, by the time of their rejection
     */
    public record Open(String topic, long windowStartMs, ContentSum sum, long rejected) {}

    /**
     * A final count.
     *
     * @param count number of records
     * @param sum of the records, with that count; null if it was counted by an agent that did not sum
     * @param rejected lines that became dead letters instead
     */
    public record Sealed(
            long sequence,
            String topic,
            long windowStartMs,
            long count,
            @Nullable ContentSum sum,
            long rejected) {}

    /** Adds lines whose records are acknowledged. */
    public void add(Tallies acknowledged) {
        open.addAll(acknowledged);
        grown.addAll(acknowledged.windows());
    }

    /** Whether the open counts should be sealed as soon as that is possible. */
    public boolean isHalfFull() {
        return open.size() >= OPEN_MAX / 2;
    }

    /** The topics of which no more lines should be added before the open counts are sealed. Each has had its share of them. */
    public Set<String> fullTopics() {
        return isHalfFull() ? open.topicsWithWindows(openOfTopicMin) : Set.of();
    }

    public boolean hasOpen() {
        return !open.isEmpty();
    }

    /** The counts to be sent, in order of their sequence. */
    public List<Sealed> sealed() {
        return sealed;
    }

    /** Sequence number of the next count to be sealed. */
    public long nextSequence() {
        return nextSequence;
    }

    /** Makes every open count final. The previous ones must have been acknowledged. */
    public void seal() {
        if (!sealed.isEmpty()) {
            throw new IllegalStateException(sealed.size() + " sealed counts are not acknowledged");
        }
        List<Sealed> counts = new ArrayList<>();
        for (Open count : open.counts()) {
            counts.add(new Sealed(
                    nextSequence++,
                    count.topic(),
                    count.windowStartMs(),
                    count.sum().count(),
                    count.sum(),
                    count.rejected()));
        }
        open.clear();
        sealed = List.copyOf(counts);
        isChangedAsWhole = true;
    }

    /** Drops the sealed counts, which were acknowledged. */
    public void acknowledge() {
        sealed = List.of();
        isChangedAsWhole = true;
    }

    /** Goes back to what {@link #state} has returned before: what was counted since did not become visible. */
    public void restore(State before) {
        open.clear();
        before.open().forEach(open::add);
        sealed = List.copyOf(before.sealed());
        nextSequence = before.nextSequence();
        grown.clear();
        isChangedAsWhole = true;
    }

    /** What changed since this was last called. */
    public Change takeChange() {
        Change change = isChangedAsWhole ? Change.of(state()) : Change.of(open.counts(grown));
        isChangedAsWhole = false;
        grown.clear();
        return change;
    }

    /** What a checkpoint must keep now. */
    public State state() {
        return new State(nextSequence, open.counts(), sealed);
    }
}
