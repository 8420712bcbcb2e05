package io.tailrace.loader;

/** Is told after each step of a commit, on the thread that commits. What it throws ends the run as a crash would. */
@FunctionalInterface
interface StepObserver {
    void reached(CommitStep step);
}
