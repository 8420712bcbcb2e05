package io.tailrace.simulation;

/** A rule did not hold in a history. */
final class BrokenPromise extends AssertionError {
    private static final long serialVersionUID = 1L;

    BrokenPromise(String message) {
        super(message);
    }
}
