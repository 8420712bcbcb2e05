package io.tailrace.simulation;

import java.util.PriorityQueue;

/** Virtual time and its tasks. Tasks of the same time run in the order in which they were added. */
final class Timeline {
    private record Task(long atMs, long number, Runnable work) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            return atMs == other.atMs ? Long.compare(number, other.number) : Long.compare(atMs, other.atMs);
        }
    }

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private long nowMs;

    private long tasksSet;

    long nowMs() {
        return nowMs;
    }

    void after(long delayMs, Runnable work) {
        tasks.add(new Task(nowMs + delayMs, tasksSet++, work));
    }

    /** Runs the next task if it is due by {@code endMs}; otherwise sets the time to {@code endMs}. */
    boolean runNext(long endMs) {
        Task next = tasks.peek();
        if (next == null || next.atMs > endMs) {
            nowMs = Math.max(nowMs, endMs);
            return false;
        }
        tasks.remove();
        nowMs = next.atMs;

        next.work.run();
        return true;
    }
}
