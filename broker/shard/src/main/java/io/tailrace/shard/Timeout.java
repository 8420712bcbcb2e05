package io.tailrace.shard;

/**
 * What happens when a timer expires. A value: equal timeouts are the same timer, so starting one again moves its deadline.
 *
 * <p>The runtime owns the timers. A timeout therefore checks whether it still applies: the state may have changed between the
 * deadline and now. It does not compare {@code nowMs} with a deadline in the state, because the runtime uses another clock, which
 * does not jump and which stops while the process does not run. A timeout whose append is refused is retried.
 *
 * @param <S> the shard
 */
public interface Timeout<S extends Shard<S>> {
    /** Decides what to do. Pure: changes nothing. */
    Decision<S> expired(S state, long nowMs);
}
