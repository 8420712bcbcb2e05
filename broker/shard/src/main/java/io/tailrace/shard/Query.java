package io.tailrace.shard;

import io.tailrace.protocol.ErrorCode;

/**
 * A request that reads a shard's committed state and changes nothing. It never waits for an append.
 *
 * @param <S> the shard
 * @param <A> the answer
 */
public interface Query<S extends Shard<S>, A> {
    /** Answers from committed state: from {@link TimelineMap#committed} and its like. */
    A answer(S state, long nowMs);

    /**
     * The answer when the shard cannot be asked.
     *
     * @param error {@code NOT_COORDINATOR} if the shard is not led here, {@code COORDINATOR_LOAD_IN_PROGRESS} while it is loaded
     *     or too many requests wait, {@code UNKNOWN_SERVER_ERROR} if {@link #answer} has thrown an exception
     */
    A refused(ErrorCode error);
}
