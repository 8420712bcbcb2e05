package io.tailrace.agent;

import io.tailrace.agent.audit.AuditLedger;
import io.tailrace.agent.checkpoint.CheckpointChange;
import io.tailrace.agent.tail.FollowedFile;
import io.tailrace.agent.transaction.TransactionScope;
import io.tailrace.client.RecordMetadata;
import io.tailrace.client.TransactionalProducer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What becomes final together: chunks of lines, and what follows from them. If the transaction fails, the same is sent again in another
 * one, from memory. Not thread-safe.
 */
final class TransactionUnit {
    private final TransactionalProducer producer;
    private final SendingParts parts;
    private final Flights flights = new Flights();
    private final Map<FollowedFile, Integer> chunksOfFiles = new HashMap<>();
    private int mostChunksOfAFile;
    private final boolean isLast;
    private TransactionScope scope;
    private long sinceMs = Long.MAX_VALUE;
    /** Whether the files know that the chunks are sent. They are told once, as the chunks are sent until they are final. */
    private boolean areFilesTold;
    /** What the checkpoint has learnt once the chunks are final. */
    private @Nullable CheckpointChange change;
    /** What was sent; null before that. */
    private @Nullable Conclusion conclusion;

    /**
     * What was sent behind the chunks, which brokers must have accepted.
     *
     * @param countsBefore the counts without these chunks
     * @param positions the records of the positions, by key
     * @param header answer to the last of them
     * @param commit answer to the commit
     * @param hasStatement whether counts are sent as well
     */
    record Conclusion(
            AuditLedger.State countsBefore,
            Map<String, Optional<byte[]>> positions,
            CompletableFuture<RecordMetadata> header,
            CompletableFuture<Void> commit,
            boolean hasStatement) {}

    /** @param isLast whether the agent has stopped reading, and states that */
    TransactionUnit(TransactionalProducer producer, SendingParts parts, boolean isLast) {
        this.producer = producer;
        this.parts = parts;
        this.isLast = isLast;
        scope = new TransactionScope(producer);
    }

    boolean isLast() {
        return isLast;
    }

    Flights flights() {
        return flights;
    }

    /** Adds a chunk, and sends it once the transaction has begun. */
    void add(Sending.Read lines, long steadyMs) {
        sinceMs = Math.min(sinceMs, steadyMs);
        flights.add(lines, parts, scope, steadyMs);
        mostChunksOfAFile =
                Math.max(mostChunksOfAFile, chunksOfFiles.merge(lines.chunk().file(), 1, Integer::sum));
    }

    int mostChunksOfAFile() {
        return mostChunksOfAFile;
    }

    /** For how long it has had chunks. */
    long ageMs(long steadyMs) {
        return flights.isEmpty() ? 0 : steadyMs - sinceMs;
    }

    void begin() {
        if (!scope.isBegun()) {
            scope.begin();
        }
    }

    /** Why it cannot be committed; null as far as that is known. */
    @Nullable
    Throwable failure() {
        Throwable failure = scope.failure();
        Conclusion concluded = conclusion;
        if (failure == null && concluded != null && concluded.commit.isCompletedExceptionally()) {
            try {
                concluded.commit.join();
            } catch (CompletionException e) {
                return e.getCause() == null ? e : e.getCause();
            }
        }
        return failure;
    }

    /** Reads the answers of the brokers. Returns whether they have accepted all chunks. */
    boolean advance(long steadyMs) {
        boolean isAccepted = true;
        for (Flight flight : flights.all()) {
            isAccepted &= flight.advance(steadyMs);
        }
        return isAccepted;
    }

    /** Tells files and counts that the chunks are sent. Returns the counts before that. */
    AuditLedger.State count(long wallMs) {
        AuditLedger.State before = parts.audit().counts();
        for (Flight flight : flights.all()) {
            if (!areFilesTold) {
                flight.file().acknowledge(flight.end());
            }
            parts.count(flight, wallMs);
        }
        areFilesTold = true;
        return before;
    }

    /** Takes what the checkpoint has to learn, unless that was done, but for the counts. */
    CheckpointChange takeChange() {
        CheckpointChange taken = change == null
                ? parts.checkpoint().takeChange()
                : parts.checkpoint().withAudit(change);
        change = taken;
        return taken;
    }

    /** What {@link #takeChange} has returned last. */
    CheckpointChange takenChange() {
        return Objects.requireNonNull(change);
    }

    /** Has the unit bring a change that was taken before. */
    void bring(CheckpointChange taken) {
        change = taken;
    }

    void conclude(Conclusion sent) {
        conclusion = sent;
    }

    @Nullable
    Conclusion conclusion() {
        return conclusion;
    }

    boolean isCommitted() {
        return conclusion != null && conclusion.commit.isDone() && !conclusion.commit.isCompletedExceptionally();
    }

    /** Sends everything again in another transaction, as nothing of the one before is visible. */
    void sendAgain() {
        if (conclusion != null) {
            parts.audit().takeBack(conclusion.countsBefore);
            conclusion = null;
        }
        scope = new TransactionScope(producer);
        scope.begin();
        flights.all().forEach(flight -> flight.sendAgain(scope));
    }
}
