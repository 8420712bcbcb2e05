package io.tailrace.loader.engine.mapreduce;

import io.tailrace.loader.store.AbortCheck;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A submitted job. The ResourceManager reports its state: the job's own application master may be lost, and the job history
 * server may not exist. Closing kills the job unless it has ended; so does the end of this process. Used by one thread.
 */
final class RunningJob implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RunningJob.class);

    private static final Set<YarnApplicationState> ENDED =
            EnumSet.of(YarnApplicationState.FINISHED, YarnApplicationState.FAILED, YarnApplicationState.KILLED);
    private static final long POLL_MS = 1_000;
    private static final long REPORT_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** How long the ResourceManager may be away. Afterwards it has ended the job, because nobody extended its lifetime. */
    private static final long OUTAGE_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(JobLease.LENGTH_MS);

    /** Before Hadoop's own hook, which closes its file systems. */
    private static final int HOOK_PRIORITY = 100;

    private final YarnClient yarn;
    private final ApplicationId id;
    private final JobLease lease;
    private final Runnable killAtExit = this::kill;
    private volatile boolean hasEnded;
    private boolean leaseFailed;
    private long recordsReported;
    private @Nullable YarnApplicationState lastState;
    private long loggedNanos = System.nanoTime();

    RunningJob(YarnClient yarn, ApplicationId id) {
        this.yarn = yarn;
        this.id = id;
        this.lease = new JobLease(yarn, System::nanoTime);
        ShutdownHookManager.get().addShutdownHook(killAtExit, HOOK_PRIORITY);
    }

    /**
     * Waits for the job's end.
     *
     * @param records number of records in all tasks
     * @param loaded receives the number of records done since the last call, estimated from the job's progress
     * @return the last report of the ResourceManager, of success or failure
     * @throws IOException if the run is aborted, this thread is interrupted, or the ResourceManager stays away
     */
    ApplicationReport await(long records, LongConsumer loaded, AbortCheck abort) throws IOException {
        long heardNanos = System.nanoTime();
        while (true) {
            abort.throwIfAborted();
            try {
                ApplicationReport report = yarn.getApplicationReport(id);
                heardNanos = System.nanoTime();
                if (ENDED.contains(report.getYarnApplicationState())) {
                    hasEnded = true;
                    return report;
                }
                log(report);
                report(records, report.getProgress(), loaded);
                extend(report);
            } catch (InterruptedIOException e) {
                throw e;
            } catch (ApplicationNotFoundException e) {
                hasEnded = true;
                throw new IOException(
                        "YARN no longer knows " + id + ": its ResourceManager was restarted without"
                                + " yarn.resourcemanager.recovery.enabled. Nothing was committed; load again",
                        e);
            } catch (IOException | YarnException e) {
                if (System.nanoTime() - heardNanos > OUTAGE_MAX_NANOS) {
                    throw new IOException(
                            "YARN does not answer about " + id + ": " + e.getMessage() + ". Nothing was committed", e);
                }
                log.warn("YARN does not answer, asking again: application {}, {}", id, e.getMessage());
            }
            sleep();
        }
    }

    /** Without a lease, the job may outlive a loader that is killed; the load itself goes on. */
    private void extend(ApplicationReport report) {
        try {
            lease.extend(report);
        } catch (IOException | YarnException e) {
            if (!leaseFailed) {
                log.warn(
                        "cannot limit the lifetime of the MapReduce job, so it may outlive this loader: application {}, {}",
                        id,
                        e.getMessage());
            }
            leaseFailed = true;
        }
    }

    private static void sleep() throws InterruptedIOException {
        try {
            Thread.sleep(POLL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while loading");
        }
    }

    private void log(ApplicationReport report) {
        YarnApplicationState state = report.getYarnApplicationState();
        long nowNanos = System.nanoTime();
        if (state != lastState || nowNanos - loggedNanos > REPORT_EVERY_NANOS) {
            log.info(
                    "MapReduce job: application {}, state {}, queue {}, progress {} %, {}",
                    id, state, report.getQueue(), Math.round(report.getProgress() * 100), report.getTrackingUrl());
            lastState = state;
            loggedNanos = nowNanos;
        }
    }

    /** A new application master starts at zero again. */
    private void report(long records, float progress, LongConsumer loaded) {
        long done = (long) (records * (double) Math.min(1, progress));
        if (done > recordsReported) {
            loaded.accept(done - recordsReported);
            recordsReported = done;
        }
    }

    private void kill() {
        if (hasEnded) {
            return;
        }
        try {
            yarn.killApplication(id);
            hasEnded = true;
            log.info("killed the MapReduce job: application {}", id);
        } catch (IOException | YarnException e) {
            log.warn(
                    "cannot kill the MapReduce job, it ends by itself within {} minutes, or with: yarn application -kill {}: {}",
                    TimeUnit.MILLISECONDS.toMinutes(JobLease.LENGTH_MS),
                    id,
                    e.getMessage());
        }
    }

    @Override
    public void close() {
        // An interrupted thread could not ask YARN to kill the job.
        boolean interrupted = Thread.interrupted();
        kill();
        if (!ShutdownHookManager.get().isShutdownInProgress()) {
            ShutdownHookManager.get().removeShutdownHook(killAtExit);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
