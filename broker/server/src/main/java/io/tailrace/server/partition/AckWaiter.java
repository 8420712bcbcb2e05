package io.tailrace.server.partition;

import io.tailrace.protocol.ErrorCode;

/** Waits until all in-sync replicas have what it appended. Called once, on any thread; must not block. */
public interface AckWaiter {

    /**
     * The wait is over.
     *
     * @param error {@code NONE}, or why the records will not be acknowledged
     */
    void done(ErrorCode error);
}
