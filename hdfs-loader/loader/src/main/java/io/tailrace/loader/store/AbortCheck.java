package io.tailrace.loader.store;

/** Stops a run that lost its lock or that failed elsewhere. */
@FunctionalInterface
public interface AbortCheck {
    /**
     * Returns if the run may continue.
     *
     * @throws CommitConflictException if it must stop; nothing of it is committed
     */
    void throwIfAborted() throws CommitConflictException;
}
