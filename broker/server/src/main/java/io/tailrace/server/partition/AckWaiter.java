package io.tailrace.server.partition;

import io.tailrace.protocol.ErrorCode;

/**
 * Waits until all in-sync replicas have the appended records, or have deleted the deleted ones. Called once, on any thread; must
 * not block.
 */
public interface AckWaiter {

    /**
     * The wait is over.
     *
     * @param error {@code NONE}, or why it cannot be waited for any longer
     */
    void done(ErrorCode error);
}
