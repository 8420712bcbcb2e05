package io.tailrace.shard;

/**
 * A change of state that is not stored and is lost with this coordinator, such as a request that waits for others.
 *
 * @param <S> the shard
 */
@FunctionalInterface
public interface Change<S extends Shard<S>> {
    /** Makes the change. */
    void applyTo(S state);
}
