package io.tailrace.loader;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads at a fixed rate on a thread of its own until closed. A load that fails is logged, and the next one takes up from
 * where the last commit ended; a load that takes longer than the interval is followed by the next at once.
 */
final class RepeatedLoad implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RepeatedLoad.class);

    /** How long an interrupted load may take to give its lock back; without that, it lapses with the session. */
    private static final int STOP_SECONDS_MAX = 10;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final CompletableFuture<Void> failure = new CompletableFuture<>();

    RepeatedLoad(LoadCommand.Load load, Duration every) {
        Future<?> unused = thread.scheduleAtFixedRate(() -> run(load), 0, every.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void run(LoadCommand.Load load) {
        try {
            load.run();
        } catch (IOException | RuntimeException e) {
            log.error("load failed, the next one takes up where the last commit ended: {}", e.getMessage(), e);
        } catch (Throwable e) {
            // The executor would take it for a result, and never load again.
            failure.completeExceptionally(e);
        }
    }

    /** Completes exceptionally when no load will follow. */
    CompletionStage<Void> failure() {
        return failure;
    }

    /** Interrupts a load that runs, and lets it end: what it has not committed is loaded by the next process. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                log.warn("a load did not end within {} s, and is cut off", STOP_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
