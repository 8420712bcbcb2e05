package io.tailrace.shard;

/**
 * Starts, moves or stops a timer.
 *
 * @param <S> the shard
 */
public sealed interface TimerChange<S extends Shard<S>> {
    /** Which timer. */
    Timeout<S> timer();

    /**
     * The timer expires at this time instead of any earlier set one.
     *
     * @param atMs wall-clock time; only its distance from the {@code nowMs} of the decision counts
     */
    record Start<S extends Shard<S>>(Timeout<S> timer, long atMs) implements TimerChange<S> {}

    /**
     * As {@link Start}. If the records of the decision are refused, a timer that runs is moved nevertheless: its client was heard of.
     *
     * @param atMs as in {@link Start}
     */
    record Renew<S extends Shard<S>>(Timeout<S> timer, long atMs) implements TimerChange<S> {}

    /** The timer does not expire. Has no effect on one that was never started. */
    record Stop<S extends Shard<S>>(Timeout<S> timer) implements TimerChange<S> {}
}
