package io.tailrace.shard;

import io.tailrace.protocol.ErrorCode;

/**
 * A request that reads a shard's committed state and changes nothing. It never waits for an append.
 *
 * @param <S> the shard
 * @param <A> the answer
 */
public interface Query<S extends Shard<S>, A> {
    /** Answers from committed state, such as {@link TimelineMap#committed}. */
    A answer(S state, long nowMs);

    /**
     * The answer when the shard cannot handle the query.
     *
     * @param error {@code NOT_COORDINATOR} if another broker leads the shard, {@code COORDINATOR_LOAD_IN_PROGRESS} while the
     *     shard is loading or too many requests wait, {@code UNKNOWN_SERVER_ERROR} if {@link #answer} has thrown an exception
     */
    A refused(ErrorCode error);
}
