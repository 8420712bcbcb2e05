package io.tailrace.server.monitor;

import io.tailrace.log.CompactionBacklog;
import io.tailrace.log.LogDirectory;
import io.tailrace.metrics.Metrics;
import io.tailrace.server.cluster.BackgroundCompaction;
import io.tailrace.server.cluster.Storage;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The activity of compaction and its backlog, under the names of Kafka's log cleaner. */
final class CompactionMetrics {
    private static final String CLEANER = "kafka_log_logcleaner_";
    private static final String MANAGER = "kafka_log_logcleanermanager_";
    private static final List<String> DIRECTORY = List.of("logDirectory");

    private final Storage storage;
    private final ScrapeValue<Map<LogDirectory, CompactionBacklog>> backlogs;

    /** @param steadyMs a clock that never goes back */
    CompactionMetrics(Storage storage, LongSupplier steadyMs) {
        this.storage = storage;
        this.backlogs = new ScrapeValue<>(this::readBacklogs, steadyMs);
    }

    void register(Metrics metrics) {
        metrics.gauge(
                CLEANER + "cleaner_recopy_percent",
                "Part of the bytes covered by the last passes of compaction that stayed.",
                () -> status(status -> 100 * status.keptRatio()));
        metrics.gauge(
                CLEANER + "max_clean_time_secs",
                "How long the last pass of the slowest compaction thread took.",
                () -> status(status -> status.passMsMax() / 1000.0));
        metrics.gauge(
                CLEANER + "deadthreadcount",
                "Compaction threads that an unexpected error has ended.",
                () -> status(BackgroundCompaction.Status::deadThreads));
        metrics.gauge(
                CLEANER + "max_compaction_delay_secs",
                "The longest time for which records should have been compacted, by max.compaction.lag.ms.",
                () -> backlogs()
                                .mapToLong(CompactionBacklog::overdueMsMax)
                                .max()
                                .orElse(0)
                        / 1000.0);
        metrics.gauge(
                MANAGER + "max_dirty_percent",
                "The greatest part of a log's closed segments that was never compacted.",
                () -> 100
                        * backlogs()
                                .mapToDouble(CompactionBacklog::dirtyRatioMax)
                                .max()
                                .orElse(0));
        metrics.gauge(
                MANAGER + "time_since_last_run_ms",
                "The longest time since a compaction thread looked for a log to compact.",
                () -> status(BackgroundCompaction.Status::sinceLastRunMsMax));
        metrics.gauges(
                MANAGER + "uncleanable_partitions_count",
                "Logs whose last compaction failed or met damage.",
                DIRECTORY,
                samples -> perDirectory(samples, CompactionBacklog::failedLogs));
        metrics.gauges(
                MANAGER + "uncleanable_bytes",
                "Bytes of the closed segments of such logs that were never compacted.",
                DIRECTORY,
                samples -> perDirectory(samples, CompactionBacklog::failedBytes));
    }

    private double status(ToDoubleFunction<BackgroundCompaction.Status> value) {
        return storage.compactionStatus().stream().mapToDouble(value).sum();
    }

    /** The backlogs of the directories that are online. Plans the next compaction of each log. */
    private Map<LogDirectory, CompactionBacklog> readBacklogs() {
        return storage.directories().all().stream()
                .filter(directory -> !directory.isOffline())
                .collect(Collectors.toMap(directory -> directory, storage::compactionBacklog));
    }

    private Stream<CompactionBacklog> backlogs() {
        return backlogs.get().values().stream();
    }

    private void perDirectory(Metrics.Samples samples, ToLongFunction<CompactionBacklog> value) {
        backlogs.get()
                .forEach((directory, backlog) ->
                        samples.add(value.applyAsLong(backlog), directory.path().toString()));
    }
}
