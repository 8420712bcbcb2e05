package io.tailrace.client;

import java.util.function.DoubleSupplier;

/** Pauses between retries: doubling from first to longest, each off by up to a fifth so that clients do not march in step. */
final class Backoff {
    private final long firstMs;
    private final long longestMs;
    private final DoubleSupplier random;

    /**
     * Creates a policy.
     *
     * @param random numbers from 0 to 1
     */
    Backoff(ClientConfig config, DoubleSupplier random) {
        this.firstMs = config.retryBackoffMs();
        this.longestMs = config.retryBackoffMaxMs();
        this.random = random;
    }

    /** The pause after so many failures in a row, at least 1. */
    long pauseMs(int failures) {
        long doubled = Math.min(longestMs, firstMs << Math.min(failures - 1, 20));
        return Math.max(1, (long) (doubled * (0.8 + 0.4 * random.getAsDouble())));
    }
}
