package io.tailrace.server.cluster;

import io.tailrace.protocol.TopicPartition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Lets one thread at a time work on a partition. Thread-safe. */
final class Claims {
    /** Guarded by this object's monitor, as are the following fields. */
    private final Set<TopicPartition> held = new HashSet<>();

    private final Map<TopicPartition, Integer> waiting = new HashMap<>();

    /** Claims a partition. Returns false if another thread has claimed it, or waits to. */
    synchronized boolean tryClaim(TopicPartition partition) {
        return !waiting.containsKey(partition) && held.add(partition);
    }

    /** Claims a partition, after a wait of real time if another thread has claimed it. Returns whether it did. */
    synchronized boolean claim(TopicPartition partition, long waitMsMax) {
        if (held.add(partition)) {
            return true;
        }
        waiting.merge(partition, 1, Integer::sum);
        try {
            long deadlineNanos = System.nanoTime() + waitMsMax * 1_000_000;
            for (long leftMs = waitMsMax; leftMs > 0; leftMs = (deadlineNanos - System.nanoTime()) / 1_000_000) {
                wait(leftMs);
                if (held.add(partition)) {
                    return true;
                }
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting.computeIfPresent(partition, (same, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Ends a claim of the calling thread. */
    synchronized void release(TopicPartition partition) {
        held.remove(partition);
        notifyAll();
    }
}
