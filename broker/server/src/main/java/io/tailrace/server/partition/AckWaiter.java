package io.tailrace.server.partition;

import io.tailrace.protocol.ErrorCode;

/** Waits until all in-sync replicas have what it appended, or lack what it deleted. Called once, on any thread; must not block. */
public interface AckWaiter {

    /**
     * The wait is over.
     *
     * @param error {@code NONE}, or why it cannot be waited for any longer
     */
    void done(ErrorCode error);
}
