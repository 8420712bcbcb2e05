package io.tailrace.shard;

/**
 * What happens when a timer expires. A value: equal timeouts are the same timer, so that starting it again moves its deadline.
 *
 * <p>The runtime owns the timers. A timeout therefore checks whether it still applies: the state may have changed between the
 * deadline and now. It does not compare {@code nowMs} with a deadline in the state: the runtime measures with a clock that does
 * not jump and that leaves out the time in which the process did not run. A timeout whose append is refused is tried again.
 *
 * @param <S> the shard
 */
public interface Timeout<S extends Shard<S>> {
    /** Decides what to do. Changes nothing. Pure. */
    Decision<S> expired(S state, long nowMs);
}
