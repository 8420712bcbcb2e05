package io.tailrace.loader.rewrite;

import io.tailrace.loader.commit.Manifest;
import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.plan.OffsetSet;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.run.EventSchemas;
import io.tailrace.loader.run.LoadProgress;
import io.tailrace.loader.run.LoadResult;
import io.tailrace.loader.run.LoadRun;
import io.tailrace.loader.run.TableCheck;
import io.tailrace.loader.run.TaskSpecs;
import io.tailrace.loader.run.TopicLoad;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.ErrorRow;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.table.TableSchema;
import io.tailrace.loader.task.ErrorLimit;
import io.tailrace.loader.task.RetryTask;
import io.tailrace.loader.task.StoredRows;
import io.tailrace.loader.task.TaskResult;
import io.tailrace.loader.task.TaskSpec;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.Framing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * One run for one topic that decodes the records of its error table again. Those that decode by now become rows, the others stay.
 * It needs the registry, but no broker: the error table has the records' bytes.
 */
public final class RetryErrorsRun implements TopicLoad.Run {
    /** A broken producer may write any number of ids. */
    private static final int SCHEMA_IDS_MAX = 1_000;

    /** However many records still do not decode, they are in the error table already. */
    private static final ErrorLimit ALL_MAY_STAY = new ErrorLimit(1, true);

    private final LoadRun.Settings settings;
    private final LoadRun.Dependencies dependencies;
    private final String topic;
    private final TopicRewrite rewrite;
    private final StoredRows rows;

    public RetryErrorsRun(LoadRun.Settings settings, LoadRun.Dependencies dependencies, String topic) {
        this.settings = settings;
        this.dependencies = dependencies;
        this.topic = topic;
        this.rewrite = new TopicRewrite(settings.output(), dependencies, topic);
        this.rows = new StoredRows(dependencies.store(), rewrite.layout(), dependencies.abort());
    }

    /**
     * Retries all records of the error table.
     *
     * @return the rows that were added, and the errors that stay
     * @throws IOException if the run fails before the commit point: nothing has changed
     */
    @Override
    public LoadResult run() throws IOException {
        List<Publisher.Failure> failures = rewrite.begin();
        TopicState state = rewrite.state();
        SortedMap<Integer, List<DataFile>> files = new TreeMap<>();
        state.hours(TableKind.ERRORS).values().stream()
                .flatMap(hour -> hour.files().stream())
                .forEach(file -> partitions(file)
                        .forEach(partition -> files.computeIfAbsent(partition, first -> new ArrayList<>())
                                .add(file)));
        if (files.isEmpty()) {
            return new LoadResult(topic, 0, 0, 0, 0, failures);
        }
        TableSchema table = TableSchema.of(
                topic,
                eventSchema(files, state).orElse(null),
                state.newest().map(Manifest::schema).orElse(null));
        TableCheck.check(dependencies.catalog(), rewrite.layout(), dependencies.store(), table);
        String runId = rewrite.beginRun();
        List<StagedFile> written = retry(files, table.event(), runId);
        long errors = rows(state.hours(TableKind.ERRORS).values().stream()
                .flatMap(hour -> hour.files().stream())
                .toList());
        long found = rows(written.stream().map(StagedFile::file).toList());
        if (found != errors) {
            throw new IllegalStateException(
                    "error table of topic " + topic + ": expected " + errors + " records in its files, found " + found);
        }
        List<DataFile> removed = removed(state, written);
        if (removed.isEmpty()) {
            rewrite.discard(runId);
            return new LoadResult(topic, 0, errors, 0, 0, failures);
        }
        List<StagedFile> added = added(state, written, removed);
        rewrite.commit(state.newest().orElseThrow(), runId, table.event(), added, removed);
        long decoded = written.stream()
                .filter(staged -> staged.file().table() == TableKind.ROWS)
                .mapToLong(staged -> staged.file().rows())
                .sum();
        return new LoadResult(topic, decoded, errors - decoded, added.size(), 0, rewrite.publishCommitted());
    }

    @Override
    public List<Publisher.Failure> publish() throws IOException {
        return rewrite.publish();
    }

    private static Set<Integer> partitions(DataFile file) {
        return file.spans().stream().map(DataFile.Span::partition).collect(Collectors.toSet());
    }

    private static long rows(List<DataFile> files) {
        return files.stream().mapToLong(DataFile::rows).sum();
    }

    private Optional<Schema> eventSchema(SortedMap<Integer, List<DataFile>> files, TopicState state)
            throws IOException {
        List<OffsetRange> ranges = new ArrayList<>();
        files.forEach((partition, ofPartition) -> ranges.add(range(partition, ofPartition)));
        return new EventSchemas(dependencies.registry(), settings.subjects(), topic)
                .find(
                        new Plan(ranges, List.of(), List.of()),
                        state.newest().map(Manifest::schema),
                        plan -> schemaIds(files),
                        true);
    }

    private OffsetRange range(int partition, List<DataFile> files) {
        List<DataFile.Span> spans = files.stream()
                .flatMap(file -> file.spans().stream())
                .filter(span -> span.partition() == partition)
                .toList();
        return new OffsetRange(
                new TopicPartition(topic, partition),
                spans.stream().mapToLong(DataFile.Span::first).min().orElseThrow(),
                spans.stream().mapToLong(DataFile.Span::last).max().orElseThrow() + 1);
    }

    private SortedMap<Integer, String> schemaIds(SortedMap<Integer, List<DataFile>> files) throws IOException {
        SortedMap<Integer, String> ids = new TreeMap<>();
        Set<DataFile> all = files.values().stream().flatMap(List::stream).collect(Collectors.toSet());
        for (DataFile file : all) {
            rows.read(file, ErrorRow.SCHEMA, row -> {
                var record = ErrorRow.record(row);
                byte[] value = record.value();
                if (value != null && Framing.isFramed(value, value.length) && ids.size() < SCHEMA_IDS_MAX) {
                    ids.putIfAbsent(
                            Framing.framedSchemaId(value),
                            "record " + record.offset() + " of " + record.topicPartition());
                }
            });
        }
        return ids;
    }

    private List<StagedFile> retry(SortedMap<Integer, List<DataFile>> files, @Nullable Schema schema, String runId)
            throws IOException {
        long records = files.values().stream()
                .flatMap(List::stream)
                .distinct()
                .mapToLong(DataFile::rows)
                .sum();
        TaskSpecs specs = new TaskSpecs(
                settings,
                0,
                schema,
                rewrite.layout().staging(runId),
                ALL_MAY_STAY,
                TaskSpecs.recordBytes(rewrite.state()));
        List<StagedFile> written = new ArrayList<>();
        int number = 0;
        try (LoadProgress progress = dependencies.progress().start(topic, records)) {
            for (Map.Entry<Integer, List<DataFile>> entry : files.entrySet()) {
                OffsetRange range = range(entry.getKey(), entry.getValue());
                TaskSpec spec = specs.task(range, number++, new OffsetSet(range.from()));
                RetryTask.Input input = new RetryTask.Input(entry.getValue(), rows, progress::loaded);
                TaskResult result = new RetryTask(
                                spec, input, dependencies.registry(), dependencies.store(), dependencies.abort())
                        .call();
                written.addAll(result.files());
            }
        }
        return written;
    }

    /** All files of the hours of the error table that lose records. The files of the others stay as they are. */
    private static List<DataFile> removed(TopicState state, List<StagedFile> written) {
        SortedMap<PathPartition, Long> left = new TreeMap<>();
        for (StagedFile staged : written) {
            if (staged.file().table() == TableKind.ERRORS) {
                left.merge(staged.file().pathPartition(), staged.file().rows(), Long::sum);
            }
        }
        List<DataFile> removed = new ArrayList<>();
        state.hours(TableKind.ERRORS).forEach((pathPartition, hour) -> {
            if (rows(hour.files()) > left.getOrDefault(pathPartition, 0L)) {
                removed.addAll(hour.files());
            }
        });
        return removed;
    }

    private List<StagedFile> added(TopicState state, List<StagedFile> written, List<DataFile> removed) {
        Placement placement = new Placement(state, removed);
        Set<PathPartition> changed = new HashSet<>();
        removed.forEach(file -> changed.add(file.pathPartition()));
        List<StagedFile> added = new ArrayList<>();
        for (StagedFile staged : written) {
            DataFile file = staged.file();
            if (file.table() == TableKind.ROWS || changed.contains(file.pathPartition())) {
                // The offsets of a former topic may be the same, so they are not part of the name.
                String name = rewrite.layout().retriedFileName(state.sequence() + 1, added.size());
                added.add(new StagedFile(placement.place(file.named(name)), staged.staged()));
            }
        }
        return added;
    }
}
