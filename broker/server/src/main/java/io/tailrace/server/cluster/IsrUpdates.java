package io.tailrace.server.cluster;

import io.tailrace.replication.Event;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the ISR changes that leaders on this broker have written, and those that they failed to write. The controller's changes
 * are not counted: it removes brokers that have died or shut down. Thread-safe.
 */
public final class IsrUpdates {
    private final LongAdder shrinks = new LongAdder();
    private final LongAdder expansions = new LongAdder();
    private final LongAdder failures = new LongAdder();

    /** Counts the outcome of a write that changes the ISR from {@code before} to {@code proposed}, as broker ids. */
    void count(List<Integer> before, List<Integer> proposed, Event outcome) {
        if (!(outcome instanceof Event.ProposalWritten)) {
            failures.increment();
            return;
        }
        if (!proposed.containsAll(before)) {
            shrinks.increment();
        }
        if (!before.containsAll(proposed)) {
            expansions.increment();
        }
    }

    /** Changes that removed a replica. */
    public long shrinks() {
        return shrinks.sum();
    }

    /** Changes that added a replica. */
    public long expansions() {
        return expansions.sum();
    }

    /** Changes that were refused, or whose outcome was unknown. */
    public long failures() {
        return failures.sum();
    }
}
