package io.tailrace.client;

import java.util.function.DoubleSupplier;

/** Pauses between retries: each is twice the last, up to a maximum, with a jitter of up to 20%. */
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

    /** The pause after this many failures in a row (1 or more). */
    long pauseMs(int failures) {
        long doubled = Math.min(longestMs, firstMs << Math.min(failures - 1, 20));
        return Math.max(1, (long) (doubled * (0.8 + 0.4 * random.getAsDouble())));
    }
}
