package io.tailrace.loader.run;

import io.tailrace.client.Admin;
import io.tailrace.client.Consumer;
import io.tailrace.loader.commit.CatalogPublication;
import io.tailrace.loader.commit.Commit;
import io.tailrace.loader.commit.CommitListener;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.FilesPublication;
import io.tailrace.loader.commit.Manifest;
import io.tailrace.loader.commit.OffsetCommitter;
import io.tailrace.loader.commit.OffsetsPublication;
import io.tailrace.loader.commit.PartitionProgress;
import io.tailrace.loader.commit.Publication;
import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.commit.Staging;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.engine.Engine;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.plan.OffsetSet;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.plan.RetentionGapException;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.table.TableSchema;
import io.tailrace.loader.task.ErrorLimit;
import io.tailrace.loader.task.ParquetSettings;
import io.tailrace.loader.task.TaskResult;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.hadoop.fs.Path;

/** One run for one topic: publish what earlier runs committed, plan, load, commit, publish. */
public final class LoadRun {
    /**
     * How a topic is loaded.
     *
     * @param output the folder of all output
     * @param taskBytesMax size of the values one task loads, estimated
     * @param parquet settings of the files
     * @param eventTimeField the field of an event that has its time
     * @param subjects under which subject the topic's schemas are registered
     * @param errorsRatioMax the largest share of a task's records that go to the error table
     */
    public record Settings(
            Path output,
            long taskBytesMax,
            ParquetSettings parquet,
            String eventTimeField,
            SubjectStrategy subjects,
            double errorsRatioMax) {

        /** The longest range of one task, for records of a size. */
        public long recordsMax(long recordBytes) {
            return Math.max(1, taskBytesMax / recordBytes);
        }

        /** The limit of a run, with or without {@code --accept-errors}. */
        public ErrorLimit errors(boolean acceptErrors) {
            return acceptErrors ? new ErrorLimit(1, true) : new ErrorLimit(errorsRatioMax, false);
        }
    }

    /**
     * The services a run uses.
     *
     * @param admin describes topics and their offsets
     * @param engine runs the tasks
     * @param registry the schema registry
     * @param consumers creates a consumer to look at records with, without an offset reset
     * @param store the file system of the output
     * @param catalog where tables are registered
     * @param offsets commits the group's offsets
     * @param abort stops the run if it loses its lock
     * @param listener notified of each step of the commit
     * @param progress reports progress
     * @param clock the time in the run's id
     */
    public record Dependencies(
            Admin admin,
            Engine engine,
            SchemaRegistryClient registry,
            Supplier<Consumer> consumers,
            Store store,
            TableCatalog catalog,
            OffsetCommitter offsets,
            AbortCheck abort,
            CommitListener listener,
            LoadProgress.Factory progress,
            InstantSource clock) {}

    private final Settings settings;
    private final Dependencies dependencies;
    private final String topic;
    private final Layout layout;
    private final CommitLog commits;
    private final OffsetsPublication offsets;
    private final Publisher publisher;

    public LoadRun(Settings settings, Dependencies dependencies, String topic) {
        this.settings = settings;
        this.dependencies = dependencies;
        this.topic = topic;
        this.layout = new Layout(settings.output(), topic);
        Store store = dependencies.store();
        this.commits = new CommitLog(store, layout);
        this.offsets = new OffsetsPublication(dependencies.offsets());
        this.publisher = new Publisher(store, layout, commits, publications(store), dependencies.listener());
    }

    private List<Publication> publications(Store store) {
        List<Publication> publications =
                new ArrayList<>(CatalogPublication.in(dependencies.catalog(), store, layout, dependencies.abort()));
        publications.add(offsets);
        return publications;
    }

    /**
     * Publishes earlier commits where that failed, then loads and commits all records up to the high watermark. If there are
     * none, it only commits the group's offsets again.
     *
     * @param choices what the user accepts
     * @throws RetentionGapException if retention deleted records before they were loaded, and that is not accepted
     * @throws TopicReplacedException if the brokers have another topic or log than the one that was loaded, and that is not accepted
     * @throws IOException if the run fails before the commit point; the next run starts from the same offsets
     */
    public LoadResult run(LoadChoices choices) throws IOException {
        Staging staging = new Staging(dependencies.store(), layout);
        staging.fence(commits, publisher.filesEnd());
        List<Publisher.Failure> failures = publisher.publish();
        TopicState state = commits.state();
        long recordBytes = TaskSpecs.recordBytes(state);
        BrokerTopic brokers = BrokerTopic.read(dependencies.admin(), topic, state.newest());
        TopicSeries series = TopicSeries.of(state.newest(), brokers, choices.acceptNewTopic());
        Plan plan = Plan.of(series.bounds(), settings.recordsMax(recordBytes), choices.onGap());
        boolean isAccepted = series.isNew() && state.newest().isPresent();
        if (plan.isEmpty() && !isAccepted) {
            return result(Optional.empty(), failures.isEmpty() ? renewOffsets(state) : failures);
        }
        // After the high watermarks, so that records below them were written with this schema or an older one.
        TableSchema rows = TableSchema.of(
                topic,
                eventSchema(plan, state, choices).orElse(null),
                state.newest().map(Manifest::schema).orElse(null));
        TableCheck.check(dependencies.catalog(), layout, dependencies.store(), rows);
        String runId = staging.begin(dependencies.clock().instant());
        TaskSpecs specs = new TaskSpecs(
                settings,
                series.topic().series(),
                rows.event(),
                layout.staging(runId),
                settings.errors(choices.acceptErrors()),
                recordBytes);
        List<TaskResult> results = load(plan, specs);
        brokers.verifyUnchanged(dependencies.admin(), plan.tasks());
        Manifest manifest = new Manifest(
                state.sequence() + 1,
                series.topic(),
                runId,
                rows.event(),
                progress(plan, brokers),
                plan.skipped(),
                results.stream().mapToLong(TaskResult::valueBytes).sum(),
                inCurrentGenerations(results, state),
                List.of());
        new Commit(commits, dependencies.listener()).commit(manifest, dependencies.abort());
        return result(Optional.of(manifest), publishCommitted());
    }

    /** This run with what the user accepts, to be repeated if need be. */
    public TopicLoad.Run with(LoadChoices choices) {
        return new TopicLoad.Run() {
            @Override
            public LoadResult run() throws IOException {
                return LoadRun.this.run(choices);
            }

            @Override
            public List<Publisher.Failure> publish() throws IOException {
                return publisher.publish();
            }
        };
    }

    /** After the commit point a failure does not undo the run. */
    private List<Publisher.Failure> publishCommitted() {
        try {
            return publisher.publish();
        } catch (IOException e) {
            return List.of(new Publisher.Failure(FilesPublication.NAME, e));
        }
    }

    private static SortedMap<Integer, PartitionProgress> progress(Plan plan, BrokerTopic brokers) {
        SortedMap<Integer, PartitionProgress> partitions = new TreeMap<>();
        for (OffsetRange range : plan.covered()) {
            int partition = range.topicPartition().partition();
            BrokerTopic.Log log = brokers.logs().get(partition);
            int leaderEpoch = log == null ? PartitionProgress.UNKNOWN_EPOCH : log.leaderEpoch();
            partitions.put(partition, new PartitionProgress(range.from(), range.to(), leaderEpoch));
        }
        return partitions;
    }

    /** Files that a load adds to an hour belong beside its live ones. */
    private static List<StagedFile> inCurrentGenerations(List<TaskResult> results, TopicState state) {
        return results.stream()
                .flatMap(result -> result.files().stream())
                .map(staged -> {
                    DataFile file = staged.file();
                    long generation = state.generation(file.table(), file.pathPartition());
                    return new StagedFile(file.inGeneration(generation), staged.staged());
                })
                .toList();
    }

    /** Commits the group's offsets again, or they would expire while the topic is idle. */
    private List<Publisher.Failure> renewOffsets(TopicState state) {
        try {
            if (state.newest().isPresent()) {
                offsets.commit(state.newest().get());
            }
            return List.of();
        } catch (IOException e) {
            return List.of(new Publisher.Failure(offsets.name(), e));
        }
    }

    private Optional<Schema> eventSchema(Plan plan, TopicState state, LoadChoices choices) throws IOException {
        return new EventSchemas(dependencies.registry(), settings.subjects(), topic)
                .find(
                        plan,
                        state.newest().map(Manifest::schema),
                        new SchemaIdReader(dependencies.consumers(), dependencies.abort()),
                        choices.acceptErrors());
    }

    private List<TaskResult> load(Plan plan, TaskSpecs specs) throws IOException {
        try (LoadProgress progress = dependencies.progress().start(topic, plan.length())) {
            return dependencies
                    .engine()
                    .run(specs.of(plan, range -> new OffsetSet(range.from())), progress::loaded, dependencies.abort());
        }
    }

    private LoadResult result(Optional<Manifest> manifest, List<Publisher.Failure> failures) {
        return new LoadResult(
                topic,
                manifest.map(commit -> commit.rows(TableKind.ROWS)).orElse(0L),
                manifest.map(commit -> commit.rows(TableKind.ERRORS)).orElse(0L),
                manifest.map(commit -> commit.added().size()).orElse(0),
                manifest.map(commit -> commit.skipped().stream()
                                .mapToLong(OffsetRange::length)
                                .sum())
                        .orElse(0L),
                failures);
    }
}
