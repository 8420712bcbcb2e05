package io.tailrace.loader.commit;

/** Notified after each step of a commit, on the committing thread. An exception it throws ends the run like a crash. */
@FunctionalInterface
public interface CommitListener {
    void reached(CommitStep step);
}
