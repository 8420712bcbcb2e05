package io.tailrace.schemas.registry;

import io.tailrace.metrics.Health;
import io.tailrace.metrics.Metrics;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a registry shows of itself. A thread asks the brokers for the end of the log every 5 s, so that a registry that has fallen
 * behind is seen while nobody writes. Thread-safe.
 */
final class RegistryMonitor implements Health, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RegistryMonitor.class);

    private static final long PROBE_SECONDS = 5;

    /** How long the brokers may be silent, or the registry behind, before it is not ready. */
    static final long BEHIND_MS_MAX = 30_000;

    private static final double MS_PER_SECOND = 1000;

    private final InstantSource clock;
    private final LongSupplier steadyMs;
    private final ScheduledExecutorService probes = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "schema-log-probe");
        thread.setDaemon(true);
        return thread;
    });
    private volatile @Nullable RegistryServer server;
    private volatile @Nullable Throwable failure;
    private volatile long endOffset;
    /** When everything that the log had then was in the state; wall-clock time, for people. */
    private volatile long caughtUpMs;
    /** The same time by the steady clock, by which readiness is judged. */
    private volatile long caughtUpSteadyMs;

    /** @param steadyMs milliseconds since an arbitrary moment; never goes back, and does not jump when the clock is set */
    RegistryMonitor(InstantSource clock, LongSupplier steadyMs) {
        this.clock = clock;
        this.steadyMs = steadyMs;
    }

    /** Watches a server that has read the log, and registers its metrics. For one call. */
    void watch(RegistryServer started, Metrics metrics) {
        caughtUp();
        server = started;
        var unused = started.failure().exceptionally(cause -> {
            failure = cause;
            return null;
        });
        register(started, metrics);
    }

    /** Starts the thread that probes the log of a server that is watched. */
    void startProbes(SchemaStore store) {
        Future<?> unused = probes.scheduleWithFixedDelay(() -> probe(store), 0, PROBE_SECONDS, TimeUnit.SECONDS);
    }

    /** Asks for the end of the log. */
    void probe(SchemaStore store) {
        try {
            long end = store.endOffset();
            endOffset = end;
            if (store.appliedOffset() >= end) {
                caughtUp();
            }
        } catch (RuntimeException e) {
            log.debug("end of the log not read", e);
        }
    }

    private void caughtUp() {
        caughtUpMs = clock.millis();
        caughtUpSteadyMs = steadyMs.getAsLong();
    }

    @Override
    public Status live() {
        Throwable cause = failure;
        return cause == null
                ? Status.up("schema registry is running")
                : Status.down("schema registry has failed: " + cause);
    }

    @Override
    public Status ready() {
        if (!live().ok()) {
            return live();
        }
        if (server == null) {
            return Status.down("schema registry is starting: reading the log");
        }
        long behindMs = steadyMs.getAsLong() - caughtUpSteadyMs;
        return behindMs <= BEHIND_MS_MAX
                ? Status.up("all schemas of the log are known")
                : Status.down("the log was last read to its end " + behindMs / 1000
                        + " s ago: brokers do not answer, or send no records");
    }

    private void register(RegistryServer started, Metrics metrics) {
        SchemaStore store = started.store();
        metrics.gauge(
                "tailrace_registry_subjects",
                "Subjects, without deleted ones.",
                () -> store.read(state -> state.subjects(false).size()));
        metrics.gauge("tailrace_registry_schemas", "Schemas with an id.", () -> store.read(RegistryState::schemaCount));
        metrics.gauge(
                "tailrace_registry_applied_offset", "Offset after the last record of the log that was read.", () ->
                        (double) store.appliedOffset());
        metrics.gauge(
                "tailrace_registry_log_end_offset",
                "Offset after the last record of the log, as of the last probe.",
                () -> (double) endOffset);
        metrics.gauge(
                "tailrace_registry_caught_up_timestamp_seconds",
                "When the log was last seen read to its end, since 1970.",
                () -> caughtUpMs / MS_PER_SECOND);
        metrics.counters(
                "tailrace_registry_responses_total",
                "Responses by HTTP status.",
                List.of("status"),
                samples -> started.responses()
                        .forEach((status, count) -> samples.add((double) count, String.valueOf(status))));
    }

    @Override
    public void close() {
        probes.shutdownNow();
    }
}
