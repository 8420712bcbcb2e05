package io.tailrace.agent.delivery;

import io.tailrace.agent.audit.Tallies;
import io.tailrace.agent.transaction.TransactionScope;
import io.tailrace.client.Producer;
import io.tailrace.client.RecordBlock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chunk of which brokers have accepted all records. Its lines are not needed any more: if the transaction is not committed, the same
 * batches are sent again in another one. Not thread-safe; the producer's threads only wake the agent.
 */
public final class AcceptedChunk {
    /** Of the chunk and of each of its blocks, beside the batch; an estimate. */
    private static final int OBJECTS_BYTES = 256;
    /** Of a count in {@link Tallies}; an estimate. */
    private static final int WINDOW_BYTES = 200;

    private final LineCounts counts;
    private final Tallies acknowledged;
    private final Runnable wakeUp;
    private List<RecordBlock> blocks;
    private Unanswered<RecordBlock> unanswered;
    /** The transaction in which it was sent again; null if it never was. */
    private @Nullable TransactionScope scope;

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

    /** Sends the batches in another transaction, as nothing of the one before is visible. */
    public void sendAgain(TransactionScope next) {
        scope = next;
        unanswered = new Unanswered<>(wakeUp);
        blocks = blocks.stream().map(RecordBlock::copy).toList();
        blocks.forEach(block -> unanswered.add(block, next.sendAccepted(block)));
    }

    /**
     * Reads the answers.
     *
     * @return whether all records are acknowledged; never if brokers refuse one, which fails the transaction
     */
    public boolean advance() {
        // What fails has failed the transaction.
        unanswered.readAnswers(block -> {}, (block, failure) -> {});
        return unanswered.isEmpty() && failure() == null;
    }

    private @Nullable Throwable failure() {
        return scope == null ? null : scope.failure();
    }

    /** Why the lines are not final yet, as far as that is known. */
    public String obstacle() {
        Producer sender = scope;
        return sender == null || (failure() == null && unanswered.isEmpty())
                ? "their transaction has not been committed yet"
                : Obstacle.of(sender, failure(), unanswered.first().map(RecordBlock::topic));
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
