package io.tailrace.loader;

import java.io.IOException;
import java.time.Duration;
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

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();

    RepeatedLoad(LoadCommand.Load load, Duration every) {
        Future<?> unused = thread.scheduleAtFixedRate(() -> run(load), 0, every.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void run(LoadCommand.Load load) {
        try {
            load.run();
        } catch (IOException | RuntimeException e) {
            log.error("load failed, the next one takes up where the last commit ended: {}", e.getMessage(), e);
        }
    }

    /** Interrupts a load that runs: what it has not committed is loaded by the next process. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
