package io.tailrace.server.shard;

/** Runs tasks later. Thread-safe. */
@FunctionalInterface
public interface Alarms {
    /**
     * Runs {@code task} once, after a delay, never at once. It must not block.
     *
     * @return cancels it, unless it has run
     */
    Runnable set(long delayMs, Runnable task);
}
