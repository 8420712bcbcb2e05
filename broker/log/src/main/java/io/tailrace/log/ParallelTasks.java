package io.tailrace.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** Runs tasks on an executor and waits for all of them. */
final class ParallelTasks {
    private ParallelTasks() {}

    /** Returns when all tasks have ended; throws the first failure. */
    static void runAll(Executor executor, List<ThrowingRunnable<IOException>> tasks) throws IOException {
        List<CompletableFuture<Void>> running = tasks.stream()
                .map(task -> CompletableFuture.runAsync(() -> run(task), executor))
                .toList();
        try {
            CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException failed) {
                throw failed.getCause();
            }
            throw e;
        }
    }

    private static void run(ThrowingRunnable<IOException> task) {
        try {
            task.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
