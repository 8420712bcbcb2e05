package io.tailrace.server.shard;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.shard.Ticket;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request to a shard that is not answered yet. Thread-safe. */
final class ShardRequest<A> {
    private static final Logger LOG = LoggerFactory.getLogger(ShardRequest.class);

    private final Ticket<A> ticket;
    private final Function<ErrorCode, A> refusal;
    /** Null once the request is answered or given up. */
    private final AtomicReference<@Nullable Consumer<A>> answer;

    ShardRequest(long id, Function<ErrorCode, A> refusal, Consumer<A> answer) {
        this.ticket = new Ticket<>(id);
        this.refusal = refusal;
        this.answer = new AtomicReference<>(answer);
    }

    Ticket<A> ticket() {
        return ticket;
    }

    long id() {
        return ticket.id();
    }

    boolean isOpen() {
        return answer.get() != null;
    }

    /** Has no effect if the request has already been answered or given up. */
    void answer(A given) {
        Consumer<A> taker = answer.getAndSet(null);
        if (taker == null) {
            return;
        }
        try {
            taker.accept(given);
        } catch (RuntimeException e) {
            LOG.error(
                    "An answer of a shard could not be given: {}",
                    given.getClass().getSimpleName(),
                    e);
        }
    }

    /** Like {@link #answer}, with the request's answer for an error. */
    void refuse(ErrorCode error) {
        if (isOpen()) {
            answer(refusal.apply(error));
        }
    }

    void giveUp() {
        answer.set(null);
    }
}
