package io.tailrace.server.partition;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Those who wait for something new to read in a partition. Thread-safe. */
final class ReadWaiters {
    private final Set<ReadWaiter> waiters = ConcurrentHashMap.newKeySet();

    void add(ReadWaiter waiter) {
        waiters.add(waiter);
    }

    void remove(ReadWaiter waiter) {
        waiters.remove(waiter);
    }

    int size() {
        return waiters.size();
    }

    void wake() {
        for (ReadWaiter waiter : waiters) {
            waiter.wake();
        }
    }
}
