package io.tailrace.agent.delivery;

import io.tailrace.agent.audit.Tallies;
import io.tailrace.agent.transaction.TransactionScope;
import io.tailrace.client.RecordBlock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chunk whose records have all been accepted by brokers. Its lines are not needed any more: if the transaction is lost in which they
 * were, the same batches are sent in another one. Not thread-safe; the producer's threads only wake the agent.
 */
public final class AcceptedChunk implements Shipment {
    /** Estimated memory of a chunk, and of each block, without the batches. */
    private static final int OBJECTS_BYTES = 256;
    /** Estimated memory of a count in {@link Tallies}. */
    private static final int WINDOW_BYTES = 200;

    private final LineCounts counts;
    private final Tallies acknowledged;
    private final Runnable wakeUp;
    private List<RecordBlock> blocks;
    private Unanswered<RecordBlock> unanswered;
    /** The transaction in which it was sent again; null if it never was. */
    private @Nullable TransactionScope resentIn;

    AcceptedChunk(LineCounts counts, Tallies acknowledged, List<RecordBlock> blocks, Runnable wakeUp) {
        this.counts = counts;
        this.acknowledged = acknowledged;
        this.blocks = blocks;
        this.wakeUp = wakeUp;
        this.unanswered = new Unanswered<>(wakeUp);
    }

    /** An estimate of the memory that it takes. */
    public long memoryBytes() {
        return OBJECTS_BYTES
                + (long) WINDOW_BYTES * acknowledged.size()
                + blocks.stream()
                        .mapToLong(block -> OBJECTS_BYTES + block.memoryBytes())
                        .sum();
    }

    /** Sends the batches in another transaction, as nothing of the one before is visible. Nothing may be on its way any more. */
    public void sendAgain(TransactionScope scope) {
        resentIn = scope;
        unanswered = new Unanswered<>(wakeUp);
        blocks = blocks.stream().map(RecordBlock::copy).toList();
        blocks.forEach(block -> unanswered.add(block, scope.sendAccepted(block)));
    }

    /** Never true again once brokers refuse a record, which fails the transaction. */
    @Override
    public boolean advance(long nowMs) {
        if (!unanswered.isEmpty()) {
            unanswered.readAnswers(block -> {}, (block, failure) -> {});
        }
        return unanswered.isEmpty() && failure() == null;
    }

    private @Nullable Throwable failure() {
        return resentIn == null ? null : resentIn.failure();
    }

    @Override
    public String obstacle() {
        return resentIn == null || (failure() == null && unanswered.isEmpty())
                ? "their transaction has not been committed yet"
                : Obstacle.of(resentIn, failure(), unanswered.first().map(RecordBlock::topic));
    }

    /** Counts and sums of its records. */
    public Tallies acknowledged() {
        return acknowledged;
    }

    /** What became of the lines. */
    public LineCounts counts() {
        return counts;
    }
}
