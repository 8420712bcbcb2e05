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
     * @param ticket the request to answer, in this decision or a later one. An operation that keeps its ticket in the state must
     *     make sure that a later operation or timer answers it
     * @param nowMs wall-clock time
     */
    Decision<S> decide(S state, Ticket<A> ticket, long nowMs);

    /**
     * The answer when the shard could not decide or store.
     *
     * @param error {@code NOT_COORDINATOR} if another broker leads the shard, or the outcome is unknown;
     *     {@code INVALID_PRODUCER_EPOCH}, {@code INVALID_TXN_STATE} or {@code TRANSACTION_COORDINATOR_FENCED} if the log refuses a
     *     part of a transaction;
     *     {@code COORDINATOR_LOAD_IN_PROGRESS} while the shard is loading or too many requests wait;
     *     {@code COORDINATOR_NOT_AVAILABLE} if too few replicas are in sync, or they do not acknowledge in time;
     *     {@code MESSAGE_TOO_LARGE} if the records do not fit into a batch; {@code UNKNOWN_SERVER_ERROR} if {@link #decide} has
     *     thrown an exception
     */
    A refused(ErrorCode error);

    /**
     * The answer when the log does not know that its partition is in the transaction of the decision's records. Nothing has
     * happened. The caller asks the transaction's coordinator, and submits the operation again with this verification. Only for
     * operations whose decisions have {@link TransactionPart.Records}.
     */
    default A unverified(long verification) {
        return refused(ErrorCode.UNKNOWN_SERVER_ERROR);
    }
}
