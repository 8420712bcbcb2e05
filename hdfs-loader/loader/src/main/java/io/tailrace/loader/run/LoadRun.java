package io.tailrace.loader.run;

import io.tailrace.client.Admin;
import io.tailrace.client.Consumer;
import io.tailrace.client.TopicDescription;
import io.tailrace.loader.commit.Commit;
import io.tailrace.loader.commit.CommitListener;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.Manifest;
import io.tailrace.loader.commit.OffsetCommitter;
import io.tailrace.loader.commit.Staging;
import io.tailrace.loader.engine.LocalEngine;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.plan.PartitionBounds;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.plan.RetentionGapException;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.RowMapper;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableDefinition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.task.LoadTask;
import io.tailrace.loader.task.ParquetSettings;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run for one topic: finish the previous commit if necessary, plan, load, commit. */
public final class LoadRun {
    private static final Logger log = LoggerFactory.getLogger(LoadRun.class);

    /** The size of a record that the first load of a topic assumes. */
    private static final long RECORD_BYTES_ESTIMATE = 512;

    /**
     * How a topic is loaded.
     *
     * @param output the folder of all output
     * @param threads number of tasks that run at once
     * @param taskBytesMax size of the values one task loads, estimated
     * @param parquet settings of the files
     * @param eventTimeField the field of an event that has its time
     */
    public record Settings(
            Path output, int threads, long taskBytesMax, ParquetSettings parquet, String eventTimeField) {}

    /**
     * The services a run uses.
     *
     * @param admin describes topics and their offsets
     * @param consumers creates a consumer for each task, without an offset reset
     * @param registry the schema registry
     * @param store the file system of the output
     * @param catalog where tables are registered
     * @param offsets commits the group's offsets
     * @param abort stops the run if it loses its lock
     * @param listener notified of each step of the commit
     * @param progress reports progress
     * @param clock the time in the run's id
     * @param nanoTime measures how long a partition delivers nothing
     */
    public record Dependencies(
            Admin admin,
            Supplier<Consumer> consumers,
            SchemaRegistryClient registry,
            Store store,
            TableCatalog catalog,
            OffsetCommitter offsets,
            AbortCheck abort,
            CommitListener listener,
            LoadProgress.Factory progress,
            InstantSource clock,
            LongSupplier nanoTime) {}

    private final Settings settings;
    private final Dependencies dependencies;
    private final String topic;
    private final Layout layout;
    private final CommitLog commits;
    private final Commit commit;

    public LoadRun(Settings settings, Dependencies dependencies, String topic) {
        this.settings = settings;
        this.dependencies = dependencies;
        this.topic = topic;
        this.layout = new Layout(settings.output(), topic);
        this.commits = new CommitLog(dependencies.store(), layout);
        this.commit = new Commit(
                dependencies.store(),
                layout,
                commits,
                dependencies.catalog(),
                dependencies.offsets(),
                dependencies.listener());
    }

    /**
     * Loads and commits all records up to the high watermark. If there are none, it only commits the group's offsets again.
     *
     * @throws RetentionGapException if retention deleted records before they were loaded and {@code onGap} is FAIL
     * @throws IOException if the run fails. Before the commit point the next run starts from the same offsets; after
     *     it, the next run finishes this commit first
     */
    public LoadResult run(Plan.OnGap onGap) throws IOException {
        Staging staging = new Staging(dependencies.store(), layout);
        Optional<Manifest> last = staging.fence(commits);
        if (last.isPresent()) {
            commit.finish(last.get());
        }
        Plan plan = Plan.of(bounds(last), taskRecordsMax(last), onGap);
        if (plan.isEmpty()) {
            // Again, or they would expire while the topic is idle, and lag tools would no longer see the group.
            commit.commitOffsets(topic, plan.endOffsets());
            return new LoadResult(topic, 0, 0, 0, 0);
        }
        // After the high watermarks, so that records below them were written with this schema or an older one.
        Optional<Schema> schema = newestSchema();
        RowMapper rows = new RowMapper(schema.orElse(RowMapper.empty()), settings.eventTimeField());
        for (TableKind table : TableKind.values()) {
            dependencies.catalog().check(TableDefinition.of(table, rows.rowSchema(), layout, dependencies.store()));
        }
        String runId = staging.begin(dependencies.clock().instant());
        List<LoadTask.Result> results = load(plan, rows, runId);
        Manifest manifest = new Manifest(
                last.map(Manifest::sequence).orElse(0L) + 1,
                topic,
                runId,
                schema.orElse(null),
                plan.endOffsets(),
                plan.skipped(),
                results.stream().mapToLong(LoadTask.Result::valueBytes).sum(),
                results.stream().flatMap(result -> result.files().stream()).toList());
        commit.commit(manifest, dependencies.abort());
        return result(manifest);
    }

    private List<PartitionBounds> bounds(Optional<Manifest> last) {
        TopicDescription description =
                dependencies.admin().describe(Set.of(topic)).get(topic);
        if (description == null) {
            throw new IllegalStateException("brokers did not describe topic " + topic);
        }
        List<TopicPartition> partitions = description.partitions().stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .sorted()
                .toList();
        // Log start offsets first: retention may move them in between, but never past an end offset read later.
        Map<TopicPartition, Long> earliest = dependencies.admin().earliestOffsets(partitions);
        Map<TopicPartition, Long> latest = dependencies.admin().latestOffsets(partitions);
        SortedMap<Integer, Long> ends = last.map(Manifest::endOffsets).orElseGet(TreeMap::new);
        List<PartitionBounds> bounds = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            bounds.add(new PartitionBounds(
                    partition,
                    last.isPresent()
                            ? OptionalLong.of(ends.getOrDefault(partition.partition(), 0L))
                            : OptionalLong.empty(),
                    offset(earliest, partition),
                    offset(latest, partition)));
        }
        int loaded = ends.isEmpty() ? 0 : ends.lastKey() + 1;
        if (partitions.size() < loaded) {
            throw new IllegalStateException("topic " + topic + " has " + partitions.size() + " partitions, but "
                    + loaded + " were loaded. " + Plan.RECREATED_TOPIC);
        }
        return bounds;
    }

    private static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
        Long offset = offsets.get(partition);
        if (offset == null) {
            throw new IllegalStateException("brokers did not return the offsets of " + partition);
        }
        return offset;
    }

    /** How many records make {@code task.bytes.max}, estimated from the previous run. */
    private long taskRecordsMax(Optional<Manifest> last) {
        long bytes = last.map(Manifest::valueBytes).orElse(0L);
        long records = last.map(manifest -> manifest.rows(TableKind.ROWS) + manifest.rows(TableKind.ERRORS))
                .orElse(0L);
        long recordBytes = records == 0 ? RECORD_BYTES_ESTIMATE : Math.max(1, bytes / records);
        return Math.max(1, settings.taskBytesMax() / recordBytes);
    }

    private Optional<Schema> newestSchema() {
        String subject = SchemaRegistryClient.valueSubject(topic);
        OptionalInt id = dependencies.registry().latestId(subject);
        if (id.isEmpty()) {
            log.warn(
                    "no schema is registered, all records go to the error table: topic {}, subject {}", topic, subject);
            return Optional.empty();
        }
        return Optional.of(dependencies.registry().schema(id.getAsInt()));
    }

    private List<LoadTask.Result> load(Plan plan, RowMapper rows, String runId) throws IOException {
        AtomicBoolean failed = new AtomicBoolean();
        AbortCheck abort = () -> {
            dependencies.abort().throwIfAborted();
            if (failed.get()) {
                throw new CommitConflictException("another task of the run failed");
            }
        };
        try (LoadProgress progress = dependencies.progress().start(topic, plan.length())) {
            LoadTask.Context context = new LoadTask.Context(
                    dependencies.consumers(),
                    dependencies.registry(),
                    rows,
                    dependencies.store(),
                    layout.staging(runId),
                    settings.parquet(),
                    abort,
                    progress::loaded,
                    dependencies.nanoTime());
            List<LoadTask> tasks = new ArrayList<>();
            for (OffsetRange range : plan.tasks()) {
                tasks.add(new LoadTask(range, tasks.size(), context));
            }
            return LocalEngine.run(tasks, settings.threads(), failed);
        }
    }

    private static LoadResult result(Manifest manifest) {
        return new LoadResult(
                manifest.topic(),
                manifest.rows(TableKind.ROWS),
                manifest.rows(TableKind.ERRORS),
                manifest.files().size(),
                manifest.skipped().stream().mapToLong(OffsetRange::length).sum());
    }
}
