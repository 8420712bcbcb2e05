package io.tailrace.loader;

import io.tailrace.client.Admin;
import io.tailrace.client.Consumer;
import io.tailrace.client.TopicDescription;
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
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of one topic: finish what the last one left, plan, load, commit. */
final class LoadRun {
    private static final Logger log = LoggerFactory.getLogger(LoadRun.class);

    /** What a record is taken to weigh before anything was loaded. */
    private static final long RECORD_BYTES_GUESS = 512;

    /**
     * What a run works with.
     *
     * @param admin tells bounds of partitions
     * @param consumers gives each task its own consumer, with no reset of offsets
     * @param registry schemas
     * @param store files
     * @param catalog tables
     * @param offsets the group's offsets
     * @param guard whether this process may still load
     * @param observer told of each step of the commit
     * @param progress shows how far it is
     * @param clock the time of the commit
     */
    record Parts(
            Admin admin,
            Supplier<Consumer> consumers,
            SchemaRegistryClient registry,
            Store store,
            TableCatalog catalog,
            GroupOffsets offsets,
            RunGuard guard,
            StepObserver observer,
            LoadProgress.Factory progress,
            InstantSource clock) {}

    private final LoaderConfig config;
    private final Parts parts;
    private final String topic;
    private final Layout layout;
    private final CommitLog commits;
    private final Commit commit;

    LoadRun(LoaderConfig config, Parts parts, String topic) {
        this.config = config;
        this.parts = parts;
        this.topic = topic;
        this.layout = new Layout(config.outputPath(), topic);
        this.commits = new CommitLog(parts.store(), layout);
        this.commit = new Commit(parts.store(), layout, commits, parts.catalog(), parts.offsets(), parts.observer());
    }

    /**
     * Loads what there is to load, and commits it. Returns at once where there is nothing.
     *
     * @throws RetentionGapException when records are gone that were never loaded, and {@code onGap} is to fail
     * @throws IOException when the run cannot be finished; the next one starts from the same state, or, past the commit
     *     point, finishes it
     */
    LoadResult run(Plan.OnGap onGap) throws IOException {
        Staging staging = new Staging(parts.store(), layout);
        Optional<Manifest> last = staging.fence(commits);
        if (last.isPresent()) {
            commit.finish(last.get());
        }
        Plan plan = Plan.of(bounds(last), taskRecordsMax(last), onGap);
        if (plan.isEmpty()) {
            return new LoadResult(topic, 0, 0, 0, 0);
        }
        // After the high watermarks: whatever lies below them was written with this schema or an older one.
        Optional<Schema> schema = newestSchema();
        RowShape shape = new RowShape(schema.orElse(RowShape.empty()), config.eventTimeField());
        for (Layout.Table table : Layout.Table.values()) {
            parts.catalog().check(TableCatalog.table(layout, table, shape.rowSchema(), parts.store()));
        }
        String runId = staging.begin(parts.clock().instant());
        List<LoadTask.Result> results = load(plan, shape, runId);
        Manifest manifest = manifest(last, plan, schema, runId, results);
        commit.commit(manifest, parts.guard());
        return result(manifest);
    }

    private List<PartitionBounds> bounds(Optional<Manifest> last) {
        TopicDescription description = parts.admin().describe(Set.of(topic)).get(topic);
        if (description == null) {
            throw new IllegalStateException("the brokers describe topics, but not " + topic);
        }
        List<TopicPartition> partitions = description.partitions().stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .sorted()
                .toList();
        // The starts first: retention may move them while this asks, but never past an end that is told later.
        Map<TopicPartition, Long> earliest = parts.admin().earliestOffsets(partitions);
        Map<TopicPartition, Long> latest = parts.admin().latestOffsets(partitions);
        SortedMap<Integer, Long> ends = last.map(Manifest::endOffsets).orElseGet(TreeMap::new);
        List<PartitionBounds> bounds = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            bounds.add(new PartitionBounds(
                    partition,
                    last.isPresent()
                            ? OptionalLong.of(ends.getOrDefault(partition.partition(), 0L))
                            : OptionalLong.empty(),
                    known(earliest, partition),
                    known(latest, partition)));
        }
        int loaded = ends.isEmpty() ? 0 : ends.lastKey() + 1;
        if (partitions.size() < loaded) {
            throw new IllegalStateException(topic + " has " + partitions.size() + " partitions, but " + loaded
                    + " were loaded." + Plan.CREATED_AGAIN);
        }
        return bounds;
    }

    private static long known(Map<TopicPartition, Long> offsets, TopicPartition partition) {
        Long offset = offsets.get(partition);
        if (offset == null) {
            throw new IllegalStateException("the brokers did not tell the bounds of " + partition);
        }
        return offset;
    }

    /** As many records as weigh {@code task.bytes.max}, going by what those of the last run weighed. */
    private long taskRecordsMax(Optional<Manifest> last) {
        long bytes = last.map(Manifest::valueBytes).orElse(0L);
        long records = last.map(manifest -> manifest.rows(Layout.Table.ROWS) + manifest.rows(Layout.Table.ERRORS))
                .orElse(0L);
        long recordBytes = records == 0 ? RECORD_BYTES_GUESS : Math.max(1, bytes / records);
        return Math.max(1, config.taskBytesMax() / recordBytes);
    }

    private Optional<Schema> newestSchema() {
        OptionalInt id = parts.registry().latestId(SchemaRegistryClient.valueSubject(topic));
        if (id.isEmpty()) {
            log.warn(
                    "{}: no schema is registered under {}, so every record goes to the error table",
                    topic,
                    SchemaRegistryClient.valueSubject(topic));
            return Optional.empty();
        }
        return Optional.of(parts.registry().schema(id.getAsInt()));
    }

    private List<LoadTask.Result> load(Plan plan, RowShape shape, String runId) throws IOException {
        AtomicBoolean failed = new AtomicBoolean();
        RunGuard guard = () -> {
            parts.guard().check();
            if (failed.get()) {
                throw new CommitConflictException("another task of the run has failed");
            }
        };
        try (LoadProgress progress = parts.progress().start(topic, plan.length())) {
            LoadTask.Context context = new LoadTask.Context(
                    parts.consumers(),
                    parts.registry(),
                    shape,
                    parts.store(),
                    layout.staging(runId),
                    config.parquet(),
                    guard,
                    progress::loaded);
            List<LoadTask> tasks = new ArrayList<>();
            for (OffsetRange range : plan.tasks()) {
                tasks.add(new LoadTask(range, tasks.size(), context));
            }
            return LocalEngine.run(tasks, config.threads(), failed);
        }
    }

    private Manifest manifest(
            Optional<Manifest> last, Plan plan, Optional<Schema> schema, String runId, List<LoadTask.Result> results) {
        return new Manifest(
                Manifest.FORMAT,
                last.map(Manifest::sequence).orElse(0L) + 1,
                topic,
                runId,
                parts.clock().millis(),
                schema.map(Schema::toString).orElse(""),
                plan.endOffsets(),
                plan.skipped().stream()
                        .map(range ->
                                new Manifest.Skipped(range.topicPartition().partition(), range.from(), range.to()))
                        .toList(),
                results.stream().mapToLong(LoadTask.Result::valueBytes).sum(),
                results.stream().flatMap(result -> result.files().stream()).toList());
    }

    private static LoadResult result(Manifest manifest) {
        return new LoadResult(
                manifest.topic(),
                manifest.rows(Layout.Table.ROWS),
                manifest.rows(Layout.Table.ERRORS),
                manifest.files().size(),
                manifest.skipped().stream()
                        .mapToLong(range -> range.to() - range.from())
                        .sum());
    }
}
