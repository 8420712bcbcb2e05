package io.tailrace.server.network;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The woken requests of one event loop. All that are woken before the loop gets to them share one task, because a batch of
 * records may wake thousands of consumers. Thread-safe.
 */
final class WakeQueue {
    /** The loop turns to its sockets after this many. */
    private static final int WOKEN_AT_ONCE_MAX = 1_024;

    private final Executor loop;
    private final Queue<Runnable> woken = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    /** @param loop runs tasks one after the other, never in the thread that hands them over */
    WakeQueue(Executor loop) {
        this.loop = loop;
    }

    /** Has the loop run {@code request}. If it throws, the loop runs the others in another task. */
    void add(Runnable request) {
        woken.add(request);
        scheduleOnce();
    }

    private void scheduleOnce() {
        if (scheduled.compareAndSet(false, true)) {
            loop.execute(this::run);
        }
    }

    private void run() {
        // Before the first request is taken: a request that is added after the last was taken schedules the next task.
        scheduled.set(false);
        try {
            runSome();
        } finally {
            if (!woken.isEmpty()) {
                scheduleOnce();
            }
        }
    }

    private void runSome() {
        for (int i = 0; i < WOKEN_AT_ONCE_MAX; i++) {
            Runnable next = woken.poll();
            if (next == null) {
                return;
            }
            next.run();
        }
    }
}
