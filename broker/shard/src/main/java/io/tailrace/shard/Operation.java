package io.tailrace.shard;

import io.tailrace.protocol.ErrorCode;

/**
 * A request that may change a shard. Immutable, and pure: the same operation, state and time give the same decision.
 *
 * @param <S> the shard
 * @param <A> the answer
 */
public interface Operation<S extends Shard<S>, A> {
    /**
     * Decides what to do. Changes nothing.
     *
     * @param ticket whom to answer, in this decision or a later one. An operation that keeps its ticket in the state must make sure
     *     that a later operation or timer answers it
     * @param nowMs wall-clock time
     */
    Decision<S> decide(S state, Ticket<A> ticket, long nowMs);

    /** The answer when the shard could not decide or store: it is not led or not loaded here, or the append was refused. */
    A refused(ErrorCode error);
}
