package io.tailrace.agent;

import io.tailrace.agent.delivery.Backoff;
import io.tailrace.agent.transaction.PositionTopic;
import io.tailrace.agent.transaction.PositionTopic.Positions;
import io.tailrace.client.ClientException;
import io.tailrace.client.TransactionalProducer;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Takes the agent's transactional id, and then reads which positions are committed under it: at the agent's start, and whenever it is not
 * known what has become of a transaction. Tries until it succeeds, and never waits. Not thread-safe.
 *
 * <p>The order is essential. Once the id is taken, no transaction of another agent can be committed under it, and none is undecided.
 */
final class IdTaking {
    private final TransactionalProducer producer;
    private final Runnable wakeUp;
    private final BackgroundCall<Positions> reading;
    private final Backoff backoff = new Backoff();
    private final Silence silence = new Silence("transactions");
    private long fromOffset;
    private boolean isTaken;
    private boolean isWaiting;
    private long sinceMs;
    private @Nullable CompletableFuture<Void> taking;
    private @Nullable String lastFailure;

    /**
     * Takes the id of a producer.
     *
     * @param background runs the reading of positions
     * @param wakeUp called by any thread when {@link #result} should be asked
     */
    IdTaking(TransactionalProducer producer, PositionTopic topic, Executor background, Runnable wakeUp) {
        this.producer = producer;
        this.wakeUp = wakeUp;
        reading = new BackgroundCall<>(background, wakeUp, () -> topic.read(fromOffset));
    }

    /** Begins to take the id, to read positions from an offset on afterwards. */
    void begin(long offset, long steadyMs) {
        fromOffset = offset;
        isTaken = false;
        isWaiting = true;
        sinceMs = steadyMs;
    }

    /** Whether the id is being taken or positions are being read. */
    boolean isWaiting() {
        return isWaiting;
    }

    /** The positions, once the id is taken and they are read; empty before, to be asked again. */
    Optional<Positions> result(long steadyMs) {
        Optional<Positions> positions = Optional.empty();
        if (backoff.isOver(steadyMs)) {
            try {
                isTaken = isTaken || isTakenNow();
                positions = isTaken ? reading.result() : Optional.empty();
            } catch (ClientException e) {
                lastFailure = e.getMessage();
                backoff.failed(steadyMs);
            }
        }
        if (positions.isPresent()) {
            isWaiting = false;
            lastFailure = null;
            backoff.succeeded();
            silence.end();
        } else {
            silence.observe(sinceMs, steadyMs, this::obstacle);
        }
        return positions;
    }

    private boolean isTakenNow() {
        CompletableFuture<Void> now = taking;
        if (now == null) {
            now = producer.initTransactions();
            taking = now;
            var unused = now.whenComplete((taken, failure) -> wakeUp.run());
        }
        if (!now.isDone()) {
            return false;
        }
        taking = null;
        try {
            now.join();
            return true;
        } catch (CompletionException e) {
            if (e.getCause() instanceof ClientException failure) {
                throw failure;
            }
            throw e;
        }
    }

    private String obstacle() {
        return Objects.requireNonNullElse(
                lastFailure, isTaken ? "the positions have not been read yet" : "the coordinator has not answered yet");
    }

    /** Why the agent waits, if it has for a time. */
    Optional<String> problem(long steadyMs, long silenceMs) {
        return isWaiting ? silence.problem(steadyMs, silenceMs) : Optional.empty();
    }
}
