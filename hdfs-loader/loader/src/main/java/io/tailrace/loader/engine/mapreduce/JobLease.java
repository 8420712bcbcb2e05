package io.tailrace.loader.engine.mapreduce;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.hadoop.yarn.api.protocolrecords.UpdateApplicationTimeoutsRequest;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationTimeoutType;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.util.Times;

/**
 * Extends the lifetime of an application while its loader lives. YARN kills the application of a loader that was killed or
 * lost its network. Used by one thread.
 */
final class JobLease {
    /** How long an application outlives its loader, at most. */
    static final long LENGTH_MS = TimeUnit.MINUTES.toMillis(10);

    private static final long EXTEND_EVERY_MS = LENGTH_MS / 10;

    private final YarnClient yarn;
    private final LongSupplier nanoTime;
    private final long startedNanos;
    private long extendedMs = -EXTEND_EVERY_MS;

    /** Starts when the application has been submitted. */
    JobLease(YarnClient yarn, LongSupplier nanoTime) {
        this.yarn = yarn;
        this.nanoTime = nanoTime;
        this.startedNanos = nanoTime.getAsLong();
    }

    /** Extends the lifetime of a running application if it is time to. */
    void extend(ApplicationReport application) throws IOException, YarnException {
        long elapsedMs = TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - startedNanos);
        if (elapsedMs - extendedMs < EXTEND_EVERY_MS) {
            return;
        }
        // Counted from YARN's own time of submission: the clock of this machine may differ.
        long expiryMs = application.getStartTime() + elapsedMs + LENGTH_MS;
        yarn.updateApplicationTimeouts(UpdateApplicationTimeoutsRequest.newInstance(
                application.getApplicationId(),
                Map.of(ApplicationTimeoutType.LIFETIME, Times.formatISO8601(expiryMs))));
        extendedMs = elapsedMs;
    }
}
