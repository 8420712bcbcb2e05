package io.tailrace.coordination;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An executor with one daemon thread that reports what its tasks throw.
 *
 * <p>Design note: the JDK's executors keep a task's exception in a future that nobody reads, and run the next task. A thread
 * that acts on the cluster's decisions must not continue after it missed one: here the exception is reported, so that the
 * process stops.
 */
public final class SingleThread extends ScheduledThreadPoolExecutor {
    private final Consumer<Throwable> onFailure;

    /** @param onFailure gets what a task has thrown; must not block */
    public SingleThread(String name, Consumer<Throwable> onFailure) {
        super(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        this.onFailure = onFailure;
        setRemoveOnCancelPolicy(true);
    }

    /** Runs {@code task} after about {@code delayMs}, give or take half, so that brokers do not retry in step. */
    void retry(Runnable task, long delayMs) {
        if (!isShutdown()) {
            long jitteredMs = ThreadLocalRandom.current().nextLong(delayMs / 2, delayMs + delayMs / 2);
            var unused = schedule(task, jitteredMs, TimeUnit.MILLISECONDS);
        }
    }

    /** Runs {@code task}, unless this executor is shut down. */
    public void executeIfRunning(Runnable task) {
        try {
            execute(task);
        } catch (RejectedExecutionException e) {
            // The broker is stopping.
        }
    }

    /** Runs {@code task} after {@code delayMs}, unless this executor is shut down. Empty if it is. */
    public Optional<Future<?>> scheduleIfRunning(Runnable task, long delayMs) {
        try {
            return Optional.of(schedule(task, delayMs, TimeUnit.MILLISECONDS));
        } catch (RejectedExecutionException e) {
            return Optional.empty();
        }
    }

    /** Runs the tasks that are queued, and waits ten seconds at most for them. */
    void finish() {
        shutdown();
        try {
            if (!awaitTermination(10, TimeUnit.SECONDS)) {
                shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
        super.afterExecute(task, thrown);
        if (thrown != null) {
            onFailure.accept(thrown);
        } else if (task instanceof Future<?> future && future.isDone()) {
            try {
                future.get();
            } catch (ExecutionException e) {
                onFailure.accept(e.getCause());
            } catch (CancellationException e) {
                // Cancelled tasks throw nothing.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
