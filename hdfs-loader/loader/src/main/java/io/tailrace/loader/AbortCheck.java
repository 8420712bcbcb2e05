package io.tailrace.loader;

/** Stops a run that lost its lock or that failed elsewhere. */
@FunctionalInterface
interface AbortCheck {
    /**
     * Returns if the run may continue.
     *
     * @throws CommitConflictException if it must stop; nothing of it is committed
     */
    void throwIfAborted() throws CommitConflictException;
}
