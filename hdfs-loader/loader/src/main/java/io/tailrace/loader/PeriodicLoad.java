package io.tailrace.loader;

import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads at a fixed rate on its own thread until closed. A failed load is logged, and the next one continues from the
 * last commit. If a load takes longer than the interval, the next one follows immediately.
 */
final class PeriodicLoad implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PeriodicLoad.class);

    /** How long an interrupted load may take to release its lock, which otherwise expires with its session. */
    private static final int STOP_SECONDS_MAX = 10;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final CompletableFuture<Void> failure = new CompletableFuture<>();

    private final LoadMonitor monitor;

    /** One load of all topics. */
    @FunctionalInterface
    interface Load {
        /**
         * Loads all topics.
         *
         * @return what went wrong with topics, one sentence each
         * @throws Exception if no topic could be loaded
         */
        List<String> run() throws Exception;
    }

    /** @param monitor shows the loads */
    PeriodicLoad(Load load, Duration every, LoadMonitor monitor) {
        this.monitor = monitor;
        Future<?> unused = thread.scheduleAtFixedRate(() -> run(load), 0, every.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void run(Load load) {
        monitor.started();
        try {
            List<String> problems = load.run();
            if (problems.isEmpty()) {
                monitor.succeeded();
            } else {
                monitor.failed(String.join("; ", problems));
            }
        } catch (Exception e) {
            if (thread.isShutdown() && isInterrupt(e)) {
                log.info("load stopped, the next process continues from the last commit: {}", e.getMessage());
                return;
            }
            monitor.failed(String.valueOf(e.getMessage()));
            log.error("load failed, the next one continues from the last commit: {}", e.getMessage(), e);
        } catch (Throwable e) {
            monitor.broken(e);
            // The executor would keep the error to itself and never load again.
            failure.completeExceptionally(e);
        }
    }

    private static boolean isInterrupt(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof InterruptedException
                || failure instanceof InterruptedIOException
                || failure instanceof ClosedByInterruptException
                || (cause != null && isInterrupt(cause));
    }

    /** Completes exceptionally if there will be no further loads. */
    CompletionStage<Void> failure() {
        return failure;
    }

    /** Interrupts a running load and waits for its end. The next process loads what it did not commit. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                log.warn("load did not stop, exiting without it: waited {} s", STOP_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
