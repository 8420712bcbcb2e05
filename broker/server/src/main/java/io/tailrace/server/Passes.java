package io.tailrace.server;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done again and again: retention, flushing, checkpoints. One thread, one pass at a time. */
final class Passes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Passes.class);
    private static final long END_SECONDS_MAX = 10;

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "broker-passes");
        thread.setDaemon(true);
        return thread;
    });

    /** Runs {@code pass} every {@code intervalMs}, counted from the end of the one before. */
    void every(long intervalMs, String name, Runnable pass) {
        var unused = executor.scheduleWithFixedDelay(
                () -> {
                    try {
                        pass.run();
                    } catch (RuntimeException e) {
                        LOG.error("pass of {} failed, and will be tried again in {} ms", name, intervalMs, e);
                    }
                },
                intervalMs,
                intervalMs,
                TimeUnit.MILLISECONDS);
    }

    /** Ends the thread after the pass it is at. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("a pass did not end within {} s", END_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
