package io.tailrace.loader;

/** Notified after each step of a commit, on the committing thread. An exception it throws ends the run like a crash. */
@FunctionalInterface
interface CommitListener {
    void reached(CommitStep step);
}
