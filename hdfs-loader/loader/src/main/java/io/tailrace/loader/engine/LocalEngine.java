package io.tailrace.loader.engine;

import io.tailrace.loader.store.CommitConflictException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs the tasks of a plan in threads of this process. */
public final class LocalEngine {
    private LocalEngine() {}

    /**
     * Runs all tasks and returns their results in the same order.
     *
     * @param failed set when a task fails, so that the others stop
     * @throws IOException the first failure, once no task runs
     */
    public static <T> List<T> run(List<? extends Callable<T>> tasks, int threads, AtomicBoolean failed)
            throws IOException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> task : tasks) {
                futures.add(pool.submit(() -> callOrFail(task, failed)));
            }
            return results(futures);
        } finally {
            failed.set(true);
            pool.shutdownNow();
        }
    }

    private static <T> T callOrFail(Callable<T> task, AtomicBoolean failed) throws Exception {
        boolean done = false;
        try {
            T result = task.call();
            done = true;
            return result;
        } finally {
            if (!done) {
                failed.set(true);
            }
        }
    }

    private static <T> List<T> results(List<Future<T>> futures) throws IOException {
        List<T> results = new ArrayList<>();
        IOException first = null;
        for (Future<T> future : futures) {
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
