package io.tailrace.loader.engine.mapreduce;

import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.store.Store;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a map whose run has ended: then the run's staging folder is gone, because the next run fenced it. Used by one thread.
 */
final class StagingGuard implements AbortCheck {
    private static final Logger log = LoggerFactory.getLogger(StagingGuard.class);

    static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Store store;
    private final Path staging;
    private final LongSupplier nanoTime;
    private long checkedNanos;

    StagingGuard(Store store, Path staging, LongSupplier nanoTime) {
        this.store = store;
        this.staging = staging;
        this.nanoTime = nanoTime;
        this.checkedNanos = nanoTime.getAsLong() - EVERY_NANOS;
    }

    @Override
    public void throwIfAborted() throws CommitConflictException {
        long nowNanos = nanoTime.getAsLong();
        if (nowNanos - checkedNanos < EVERY_NANOS) {
            return;
        }
        checkedNanos = nowNanos;
        try {
            if (!store.exists(staging)) {
                throw new CommitConflictException(
                        "the run has ended: its staging folder " + staging + " is gone. Nothing of it is committed");
            }
        } catch (CommitConflictException e) {
            throw e;
        } catch (IOException e) {
            log.warn("cannot check the staging folder, checking again later: {}, {}", staging, e.getMessage());
        }
    }
}
