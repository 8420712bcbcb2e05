package io.tailrace.loader;

/** Whether a run still holds the lock it started with. */
@FunctionalInterface
interface RunGuard {
    /**
     * Returns where the run may go on.
     *
     * @throws CommitConflictException when the lock is lost
     */
    void check() throws CommitConflictException;
}
