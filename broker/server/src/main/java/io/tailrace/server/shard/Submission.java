package io.tailrace.server.shard;

/** A request that was submitted to a shard. Thread-safe. */
@FunctionalInterface
public interface Submission {
    /**
     * The client no longer waits: its answer is not given, and the shard's memory of the request is freed. What the request has
     * changed stays. Has no effect once the request is answered.
     */
    void giveUp();
}
