package io.tailrace.server.partition;

import io.tailrace.protocol.ErrorCode;

/** Waits until what it appended is acknowledged by all in-sync replicas. Called once, on any thread; must not block. */
public interface AckWaiter {

    /**
     * The wait is over.
     *
     * @param error {@code NONE}, or why the records will not be acknowledged
     */
    void done(ErrorCode error);
}
