package io.tailrace.server.cluster;

import io.tailrace.coordination.SingleThread;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs tasks at intervals, one at a time, on a thread of their own. Thread-safe. */
public final class PeriodicTasks implements AutoCloseable {
    private final SingleThread executor;

    /**
     * @param name the thread's
     * @param onBroken gets the exception that a task has thrown; must not block
     */
    public PeriodicTasks(String name, Consumer<Throwable> onBroken) {
        executor = new SingleThread(name, onBroken);
    }

    /** Runs {@code task} with {@code intervalMs} between the end of one run and the start of the next. */
    public void every(long intervalMs, Runnable task) {
        var unused = executor.scheduleWithFixedDelay(task, intervalMs, intervalMs, TimeUnit.MILLISECONDS);
    }

    /** Lets the running task finish, for a bounded time, and starts no other. */
    @Override
    public void close() {
        Threads.end(executor);
    }
}
