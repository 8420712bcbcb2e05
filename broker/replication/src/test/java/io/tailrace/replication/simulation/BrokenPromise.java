package io.tailrace.replication.simulation;

/** A history in which a rule did not hold. */
final class BrokenPromise extends AssertionError {
    private static final long serialVersionUID = 1L;

    BrokenPromise(String message) {
        super(message);
    }
}
