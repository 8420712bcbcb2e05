package io.tailrace.loader.rewrite;

import io.tailrace.loader.commit.Manifest;
import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.rewrite.ReloadResult.HourChange;
import io.tailrace.loader.run.BrokerTopic;
import io.tailrace.loader.run.EventSchemas;
import io.tailrace.loader.run.LoadProgress;
import io.tailrace.loader.run.LoadRun;
import io.tailrace.loader.run.SchemaIdReader;
import io.tailrace.loader.run.TableCheck;
import io.tailrace.loader.run.TaskSpecs;
import io.tailrace.loader.run.TopicReplacedException;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.table.TableSchema;
import io.tailrace.loader.task.StoredRows;
import io.tailrace.loader.task.TaskResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * One run for one topic that loads records again and replaces the files that have them, in one commit. The end offsets stay as they
 * are.
 */
public final class ReloadRun {
    private final LoadRun.Settings settings;
    private final LoadRun.Dependencies dependencies;
    private final String topic;
    private final TopicRewrite rewrite;
    private final StoredRows rows;

    public ReloadRun(LoadRun.Settings settings, LoadRun.Dependencies dependencies, String topic) {
        this.settings = settings;
        this.dependencies = dependencies;
        this.topic = topic;
        this.rewrite = new TopicRewrite(settings.output(), dependencies, topic);
        this.rows = new StoredRows(dependencies.store(), rewrite.layout(), dependencies.abort());
    }

    /** All that is decided before something is written. */
    private record Work(
            TopicState state,
            ReloadPlan plan,
            ReloadOffsets offsets,
            BrokerTopic brokers,
            Plan tasks,
            @Nullable Schema schema) {}

    /**
     * Reloads.
     *
     * @param acceptErrors whether records go to the error table however many there are, also if their schema is not usable
     * @throws TopicReplacedException if the brokers have another topic or log than the one that was loaded
     * @throws IllegalArgumentException if these offsets are not loaded, or cannot be told from those of a former topic
     * @throws IOException if the brokers do not have all records any more, or the run fails before the commit point: nothing has
     *     changed
     */
    public ReloadResult run(ReloadRange range, boolean acceptErrors) throws IOException {
        List<Publisher.Failure> failures = rewrite.begin();
        Work work = prepare(range, acceptErrors);
        if (work.plan().replaced().isEmpty()) {
            return new ReloadResult(topic, List.of(), List.of(), List.of(), failures);
        }
        String runId = rewrite.beginRun();
        Path staging = rewrite.layout().staging(runId);
        List<StagedFile> written = load(work, staging, acceptErrors);
        work.brokers().verifyUnchanged(dependencies.admin(), work.tasks().tasks());
        work.offsets().verify(written, staging);
        Placement placement = new Placement(work.state(), work.plan().removed());
        List<StagedFile> added = new ArrayList<>();
        for (StagedFile staged : written) {
            added.add(new StagedFile(placement.place(staged.file()), staged.staged()));
        }
        for (DataFile file : work.plan().copied()) {
            added.add(copy(file, placement.place(file), new Path(staging, "copied-" + added.size() + ".parquet")));
        }
        rewrite.commit(
                work.state().newest().orElseThrow(),
                runId,
                work.schema(),
                added,
                work.plan().removed());
        List<Publisher.Failure> unpublished = rewrite.publishCommitted();
        return result(work, added, Optional.of(rewrite.state()), unpublished);
    }

    /**
     * Checks what {@link #run} would do, as far as that is known before records are read. Writes nothing.
     *
     * @throws IOException also if an earlier commit is not published yet
     */
    public ReloadResult dryRun(ReloadRange range, boolean acceptErrors) throws IOException {
        rewrite.requirePublished();
        return result(prepare(range, acceptErrors), List.of(), Optional.empty(), List.of());
    }

    private Work prepare(ReloadRange range, boolean acceptErrors) throws IOException {
        TopicState state = rewrite.state();
        Manifest last = state.newest()
                .orElseThrow(() -> new IllegalArgumentException("nothing of topic " + topic + " is loaded"));
        requireLoaded(range, last);
        ReloadPlan plan = ReloadPlan.of(state, range);
        BrokerTopic brokers = BrokerTopic.readLoaded(dependencies.admin(), last);
        ReloadOffsets offsets = ReloadOffsets.read(plan, rows);
        Plan tasks = offsets.tasks(brokers, settings.recordsMax(TaskSpecs.recordBytes(state)));
        Optional<Schema> schema = new EventSchemas(dependencies.registry(), settings.subjects(), topic)
                .find(
                        tasks,
                        Optional.ofNullable(last.schema()),
                        new SchemaIdReader(dependencies.consumers(), dependencies.abort()),
                        acceptErrors);
        TableSchema table = TableSchema.of(topic, schema.orElse(null), last.schema());
        TableCheck.check(dependencies.catalog(), rewrite.layout(), dependencies.store(), table);
        return new Work(state, plan, offsets, brokers, tasks, table.event());
    }

    private void requireLoaded(ReloadRange range, Manifest last) {
        if (range instanceof ReloadRange.Offsets offsets) {
            long end = last.endOffsets().getOrDefault(offsets.partition(), 0L);
            if (offsets.to() >= end) {
                throw new IllegalArgumentException(
                        "offsets " + offsets.from() + " to " + offsets.to() + " of partition " + offsets.partition()
                                + " of topic " + topic + ": expected offsets that are loaded, below " + end);
            }
        }
    }

    private List<StagedFile> load(Work work, Path staging, boolean acceptErrors) throws IOException {
        TaskSpecs specs = new TaskSpecs(
                settings,
                work.state().newest().orElseThrow().topic().series(),
                work.schema(),
                staging,
                settings.errors(acceptErrors),
                TaskSpecs.recordBytes(work.state()));
        try (LoadProgress progress =
                dependencies.progress().start(topic, work.tasks().length())) {
            List<TaskResult> results = dependencies
                    .engine()
                    .run(specs.of(work.tasks(), work.offsets()::excluded), progress::loaded, dependencies.abort());
            return results.stream().flatMap(result -> result.files().stream()).toList();
        }
    }

    private StagedFile copy(DataFile file, DataFile placed, Path staged) throws IOException {
        dependencies.abort().throwIfAborted();
        Path from = rewrite.layout().file(file);
        long bytes = dependencies.store().copy(from, staged);
        if (bytes != file.bytes()) {
            throw new IOException("file " + from + ": expected " + file.bytes() + " bytes as committed, found " + bytes
                    + ". Nothing was changed. Reload the whole hour "
                    + file.pathPartition().hourText());
        }
        return new StagedFile(placed, staged.getName());
    }

    private ReloadResult result(
            Work work, List<StagedFile> added, Optional<TopicState> after, List<Publisher.Failure> failures) {
        List<HourChange> changes = new ArrayList<>();
        for (TableKind table : TableKind.values()) {
            SortedSet<PathPartition> hours = new TreeSet<>();
            work.plan().removed().stream()
                    .filter(file -> file.table() == table)
                    .forEach(file -> hours.add(file.pathPartition()));
            added.stream()
                    .map(StagedFile::file)
                    .filter(file -> file.table() == table)
                    .forEach(file -> hours.add(file.pathPartition()));
            for (PathPartition hour : hours) {
                changes.add(new HourChange(
                        table, hour, files(work.state(), table, hour), after.map(state -> files(state, table, hour))));
            }
        }
        List<String> damaged =
                work.offsets().damaged().stream().map(DataFile::name).toList();
        return new ReloadResult(topic, changes, work.plan().ranges(), damaged, failures);
    }

    private static ReloadResult.Files files(TopicState state, TableKind table, PathPartition hour) {
        TopicState.Hour files = state.hours(table).get(hour);
        return files == null
                ? new ReloadResult.Files(0, 0)
                : new ReloadResult.Files(
                        files.files().size(),
                        files.files().stream().mapToLong(DataFile::rows).sum());
    }
}
