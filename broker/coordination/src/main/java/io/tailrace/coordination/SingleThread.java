package io.tailrace.coordination;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A daemon thread with tasks in line, none of which may throw.
 *
 * <p>Design note: the executors of the JDK keep a task's exception in a future that nobody reads, and go on with the next
 * task. Whoever acts on the cluster's decisions must not go on after it has missed one: here the exception is told, so
 * that the process stops.
 */
public final class SingleThread extends ScheduledThreadPoolExecutor {
    private final Consumer<Throwable> onBroken;

    /** @param onBroken told of what a task has thrown; must not block */
    public SingleThread(String name, Consumer<Throwable> onBroken) {
        super(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        this.onBroken = onBroken;
    }

    /** Runs {@code task} after about {@code delayMs}, give or take half of it so that brokers do not move in step. */
    void retry(Runnable task, long delayMs) {
        if (!isShutdown()) {
            long jitteredMs = ThreadLocalRandom.current().nextLong(delayMs / 2, delayMs + delayMs / 2);
            var unused = schedule(task, jitteredMs, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
        super.afterExecute(task, thrown);
        if (thrown != null) {
            onBroken.accept(thrown);
        } else if (task instanceof Future<?> future && future.isDone()) {
            try {
                future.get();
            } catch (ExecutionException e) {
                onBroken.accept(e.getCause());
            } catch (CancellationException e) {
                // It was not to be run any more.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
