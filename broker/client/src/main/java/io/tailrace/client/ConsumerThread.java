package io.tailrace.client;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The background thread of a consumer. A failure ends it, and the consumer's next call throws that failure. Thread-safe. */
final class ConsumerThread {
    private final LongSupplier step;
    private final CompletionQueue completions;
    private final Assignment assignment;
    private final Time time;
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    /** @param step does all that can be done now, and returns the time by which to call it again */
    ConsumerThread(String name, LongSupplier step, CompletionQueue completions, Assignment assignment, Time time) {
        this.step = step;
        this.completions = completions;
        this.assignment = assignment;
        this.time = time;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!closed) {
                completions.await(step.getAsLong() - time.elapsedMs());
            }
        } catch (RuntimeException | Error e) {
            failure = e;
            wakePolls();
            throw e;
        }
    }

    private void wakePolls() {
        synchronized (assignment) {
            assignment.notifyAll();
        }
    }

    /** Whether it has neither been closed nor failed. */
    boolean isOpen() {
        return !closed && failure == null;
    }

    /** @throws IllegalStateException if it is closed or has failed */
    void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("the consumer is closed");
        }
        Throwable cause = failure;
        if (cause != null) {
            throw new IllegalStateException("the consumer has failed: " + cause, cause);
        }
    }

    /** Ends the steps, closes the connections that they use, and waits for the thread. */
    void close(ConsumerNetworks networks, int timeoutMs) {
        closed = true;
        completions.wake();
        networks.close();
        wakePolls();
        try {
            thread.join(timeoutMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
