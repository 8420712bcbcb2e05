package io.tailrace.server.shard;

/** A request that was submitted to a shard. Thread-safe. */
@FunctionalInterface
public interface Submission {
    /**
     * The client no longer waits: it gets no answer, and the memory that the shard holds for the request is freed. Changes that
     * the request has made stay. Has no effect once the request is answered.
     */
    void giveUp();
}
