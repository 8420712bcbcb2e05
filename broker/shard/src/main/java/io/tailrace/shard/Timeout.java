package io.tailrace.shard;

/**
 * What happens when a timer expires. A value: equal timeouts are the same timer, so that starting it again moves its deadline.
 *
 * <p>The runtime owns the timers. A timeout therefore checks whether it still applies: the state may have changed between the
 * deadline and now. A timeout whose append is refused is tried again.
 *
 * @param <S> the shard
 */
public interface Timeout<S extends Shard<S>> {
    /** Decides what to do. Changes nothing. Pure. */
    Decision<S> expired(S state, long nowMs);
}
