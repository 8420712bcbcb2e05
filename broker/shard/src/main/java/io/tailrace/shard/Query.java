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

    /** The answer when the shard is not led or not loaded here. */
    A refused(ErrorCode error);
}
