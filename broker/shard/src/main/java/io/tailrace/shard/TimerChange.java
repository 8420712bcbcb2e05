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
     * The timer expires at this time, which replaces any time set before.
     *
     * @param atMs wall-clock time; only its distance from the {@code nowMs} of the decision counts
     */
    record Start<S extends Shard<S>>(Timeout<S> timer, long atMs) implements TimerChange<S> {}

    /**
     * Like {@link Start}, but moves a running timer even if the records of the decision are refused, because the client has been
     * heard from.
     *
     * @param atMs as in {@link Start}
     */
    record Renew<S extends Shard<S>>(Timeout<S> timer, long atMs) implements TimerChange<S> {}

    /** Stops the timer. Has no effect on one that was never started. */
    record Stop<S extends Shard<S>>(Timeout<S> timer) implements TimerChange<S> {}
}
