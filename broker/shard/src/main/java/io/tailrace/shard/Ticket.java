package io.tailrace.shard;

/**
 * Stands for a request that waits for its answer.
 *
 * @param id unique within a process
 * @param <A> the answer
 */
@SuppressWarnings("unused") // The type of the answer binds a reply to its request.
public record Ticket<A>(long id) {
    /** The answer for this request. */
    public Reply<A> reply(A answer) {
        return new Reply<>(this, answer);
    }
}
