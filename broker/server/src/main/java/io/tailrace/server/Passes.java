package io.tailrace.server;

import io.tailrace.coordination.SingleThread;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done again and again: retention, flushing, checkpoints. One thread, one pass at a time. */
final class Passes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Passes.class);
    private static final long END_SECONDS_MAX = 10;

    private final SingleThread executor;

    /** @param onBroken told of what a pass has thrown */
    Passes(Consumer<Throwable> onBroken) {
        executor = new SingleThread("broker-passes", onBroken);
    }

    /** Runs {@code pass} every {@code intervalMs}, counted from the end of the one before. */
    void every(long intervalMs, Runnable pass) {
        var unused = executor.scheduleWithFixedDelay(pass, intervalMs, intervalMs, TimeUnit.MILLISECONDS);
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
