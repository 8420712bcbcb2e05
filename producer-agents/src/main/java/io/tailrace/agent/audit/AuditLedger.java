package io.tailrace.agent.audit;

import io.tailrace.schemas.audit.ContentSum;
import java.util.ArrayList;
import java.util.List;
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

    /** Bounds the open counts: a source full of random times must not fill the memory. */
    private static final int OPEN_MAX = 10_000;

    private final Tallies open = new Tallies();
    private List<Sealed> sealed;
    private long nextSequence;

    /** A ledger that continues from a checkpoint. */
    public AuditLedger(State state) {
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
    }

    /** Drops the sealed counts, which were acknowledged. */
    public void acknowledge() {
        sealed = List.of();
    }

    /** What a checkpoint must keep now. */
    public State state() {
        return new State(nextSequence, open.counts(), sealed);
    }
}
