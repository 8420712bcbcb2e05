package io.tailrace.shard;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The uncommitted changes of a state, in the order in which they were made. Not thread-safe.
 *
 * <p>A change belongs to the record whose replay made it; a change that is not stored belongs to the record before it.
 */
public final class Timeline {
    private final Deque<Uncommitted> uncommitted = new ArrayDeque<>();
    private long offset = -1;
    private long committedEnd;

    /** Forgets the version that the change at an offset replaced. */
    private record Uncommitted(long offset, Runnable forgetReplaced) {}

    /** Starts the changes of the record at {@code offset}. */
    public void startRecord(long offset) {
        this.offset = offset;
    }

    /** All records below {@code endOffset} are committed. Never moves back. */
    public void commit(long endOffset) {
        committedEnd = Math.max(committedEnd, endOffset);
        while (!uncommitted.isEmpty() && uncommitted.getFirst().offset() < committedEnd) {
            uncommitted.removeFirst().forgetReplaced().run();
        }
    }

    /** Whether a change made now is committed already. */
    boolean isCommitted() {
        return offset < committedEnd;
    }

    /** A version was replaced. {@code forgetReplaced} runs when the change is committed. */
    void replaced(Runnable forgetReplaced) {
        uncommitted.addLast(new Uncommitted(offset, forgetReplaced));
    }
}
