package io.tailrace.loader.run;

import java.util.function.DoubleSupplier;

/**
 * How often and when a run is repeated after a failure that may pass. Pauses double from {@link #FIRST_PAUSE_MS}, and each is
 * shortened at random by up to half, so that loaders which failed together do not come back together. Immutable.
 *
 * @param max repetitions of one load of a topic
 * @param pauseMsMax the longest pause
 * @param pause waits
 * @param random numbers from 0 to 1
 */
public record Retries(int max, long pauseMsMax, Pause pause, DoubleSupplier random) {
    static final long FIRST_PAUSE_MS = 500;

    /** Waits for a time. */
    @FunctionalInterface
    public interface Pause {
        void pause(long ms) throws InterruptedException;
    }

    /** The pause before a repetition, numbered from 1. */
    long pauseMs(int repetition) {
        long doubled = FIRST_PAUSE_MS << Math.min(repetition - 1, 30);
        return (long) (Math.min(doubled, pauseMsMax) * (1 - random.getAsDouble() / 2));
    }
}
