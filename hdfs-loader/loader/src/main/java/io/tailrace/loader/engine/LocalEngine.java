package io.tailrace.loader.engine;

import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.task.LoadTask;
import io.tailrace.loader.task.TaskResult;
import io.tailrace.loader.task.TaskServices;
import io.tailrace.loader.task.TaskSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/**
 * Runs tasks in threads of this process. Thread-safe: runs of several topics share the tasks that run at once, and take turns.
 */
public final class LocalEngine implements Engine {
    private final int threads;
    private final TaskServices services;

    /** One permit for each task that may run; fair, so that a topic with many tasks does not hold up the others. */
    private final Semaphore slots;

    /** @param threads number of tasks that run at once, of all runs together */
    public LocalEngine(int threads, TaskServices services) {
        this.threads = threads;
        this.services = services;
        this.slots = new Semaphore(threads, true);
    }

    @Override
    public List<TaskResult> run(List<TaskSpec> tasks, LongConsumer loaded, AbortCheck abort) throws IOException {
        AtomicBoolean failed = new AtomicBoolean();
        AbortCheck check = () -> {
            abort.throwIfAborted();
            if (failed.get()) {
                throw new CommitConflictException("another task of the run failed");
            }
        };
        ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, Math.min(threads, tasks.size())));
        try {
            List<Future<TaskResult>> futures = new ArrayList<>();
            for (TaskSpec spec : tasks) {
                LoadTask task = new LoadTask(spec, services, loaded, check);
                futures.add(pool.submit(() -> callOrFail(task, failed, check)));
            }
            return results(futures);
        } finally {
            failed.set(true);
            pool.shutdownNow();
        }
    }

    private TaskResult callOrFail(Callable<TaskResult> task, AtomicBoolean failed, AbortCheck check) throws Exception {
        boolean done = false;
        slots.acquire();
        try {
            check.throwIfAborted();
            TaskResult result = task.call();
            done = true;
            return result;
        } finally {
            slots.release();
            if (!done) {
                failed.set(true);
            }
        }
    }

    private static List<TaskResult> results(List<Future<TaskResult>> futures) throws IOException {
        List<TaskResult> results = new ArrayList<>();
        IOException first = null;
        for (Future<TaskResult> future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                IOException failure = failure(e);
                if (first == null || first instanceof CommitConflictException) {
                    first = failure;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while loading", e);
            }
        }
        if (first != null) {
            throw first;
        }
        return results;
    }

    private static IOException failure(ExecutionException wrapper) {
        Throwable cause = wrapper.getCause();
        if (cause instanceof IOException e) {
            return e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        return new IOException(cause == null ? wrapper.getMessage() : cause.getMessage(), cause);
    }
}
