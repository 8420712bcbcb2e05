package io.tailrace.loader.run;

import io.tailrace.client.Admin;
import io.tailrace.client.Consumer;
import io.tailrace.loader.commit.CommitListener;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.compact.CompactRun;
import io.tailrace.loader.engine.LocalEngine;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.rewrite.ReloadRange;
import io.tailrace.loader.rewrite.ReloadResult;
import io.tailrace.loader.rewrite.ReloadRun;
import io.tailrace.loader.rewrite.RetryErrorsRun;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.InterceptedFileSystem;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.store.Stores;
import io.tailrace.loader.table.FileAudit;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.task.ParquetSettings;
import io.tailrace.loader.task.TaskMemory;
import io.tailrace.loader.task.TaskServices;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.jspecify.annotations.Nullable;

/** A loader with brokers and registry in memory on a real file system, and an independent reader of its output. */
final class TestLoader implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    final FakeCluster cluster;
    final FakeRegistry registry;
    final Store store;
    final Path root;
    private final Configuration hadoop;
    private final @Nullable FaultInjector faults;
    private TableCatalog catalog = TableCatalog.NONE;
    private String topic = AccessLog.TOPIC;
    private AbortCheck abort = () -> {};
    private LongConsumer loaded = records -> {};
    private LongSupplier nanoTime = System::nanoTime;
    private TaskMemory memory = new TaskMemory(8 << 20, "", 1 << 30);
    private long taskBytesMax = Long.MAX_VALUE;
    private SubjectStrategy subjects = SubjectStrategy.AUTO;
    private double errorsRatioMax = 0.1;

    TestLoader(Path root, Configuration hadoop, FakeCluster cluster, FakeRegistry registry) throws IOException {
        this(root, hadoop, cluster, registry, Store.open(root, hadoop));
    }

    TestLoader(Path root, Configuration hadoop, FakeCluster cluster, FakeRegistry registry, Store store) {
        this.root = root;
        this.hadoop = hadoop;
        this.cluster = cluster;
        this.registry = registry;
        this.store = store;
        this.faults = null;
    }

    /** Creates a loader with one task at a time whose calls to the outside go through an injector. */
    TestLoader(Path root, Configuration hadoop, TestLoader outside, FaultInjector faults) throws IOException {
        this.root = root;
        this.hadoop = hadoop;
        this.cluster = outside.cluster;
        this.registry = outside.registry;
        this.store = Stores.open(root, hadoop, files -> new InterceptedFileSystem(files, faults));
        this.faults = faults;
    }

    TestLoader catalog(TableCatalog tables) {
        this.catalog = tables;
        return this;
    }

    TestLoader topic(String name) {
        this.topic = name;
        return this;
    }

    TestLoader abort(AbortCheck check) {
        this.abort = check;
        return this;
    }

    TestLoader onLoaded(LongConsumer listener) {
        this.loaded = listener;
        return this;
    }

    TestLoader nanoTime(LongSupplier clock) {
        this.nanoTime = clock;
        return this;
    }

    TestLoader memory(TaskMemory limits) {
        this.memory = limits;
        return this;
    }

    TestLoader taskBytesMax(long bytes) {
        this.taskBytesMax = bytes;
        return this;
    }

    TestLoader subjects(SubjectStrategy strategy) {
        this.subjects = strategy;
        return this;
    }

    TestLoader errorsRatioMax(double ratio) {
        this.errorsRatioMax = ratio;
        return this;
    }

    LoadResult load() throws IOException {
        return load(Plan.OnGap.FAIL, step -> {});
    }

    LoadResult load(Plan.OnGap onGap, CommitListener listener) throws IOException {
        return load(new LoadChoices(onGap, false, false), listener);
    }

    LoadResult load(LoadChoices choices) throws IOException {
        return load(choices, step -> {});
    }

    private LoadResult load(LoadChoices choices, CommitListener listener) throws IOException {
        return new LoadRun(settings(), dependencies(listener), topic).run(choices);
    }

    TopicLoad.Run run(LoadChoices choices) {
        return new LoadRun(settings(), dependencies(step -> {}), topic).with(choices);
    }

    /** Loads as {@code tailrace load} does, with repetitions. */
    TopicOutcome loadTopic(Retries retries) {
        return new TopicLoad(topic, run(LoadChoices.NONE), retries).load();
    }

    /** Loads what is in the error table. */
    LoadResult retryErrors(CommitListener listener) throws IOException {
        return new RetryErrorsRun(settings(), dependencies(listener), topic).run();
    }

    /** Loads records again and replaces the files that have them. */
    ReloadResult reload(ReloadRange range, CommitListener listener) throws IOException {
        return new ReloadRun(settings(), dependencies(listener), AccessLog.TOPIC).run(range, true);
    }

    /** Plans a reload. */
    ReloadResult dryReload(ReloadRange range) throws IOException {
        return new ReloadRun(settings(), dependencies(step -> {}), AccessLog.TOPIC).dryRun(range, true);
    }

    /** Merges the small files of all hours. */
    void compact(CommitListener listener) throws IOException {
        compactRun(listener).run(hour -> true);
    }

    CompactRun compactRun(CommitListener listener) {
        CompactRun.Settings compact =
                new CompactRun.Settings(root, 64 << 20, settings().parquet(), Duration.ofHours(1));
        CompactRun.Dependencies dependencies = new CompactRun.Dependencies(
                store,
                outside(TableCatalog.class, catalog),
                outside(AbortCheck.class, abort),
                listener,
                InstantSource.system());
        return new CompactRun(compact, dependencies, topic);
    }

    private Consumer consumer() {
        return outside(Consumer.class, cluster.consumer());
    }

    private <T> T outside(Class<T> type, T service) {
        return faults == null ? service : faults.wrap(type, service);
    }

    private LoadRun.Dependencies dependencies(CommitListener listener) {
        SchemaRegistryClient services = outside(SchemaRegistryClient.class, registry);
        return new LoadRun.Dependencies(
                outside(Admin.class, cluster.admin()),
                new LocalEngine(faults == null ? 2 : 1, new TaskServices(this::consumer, services, store, nanoTime)),
                services,
                this::consumer,
                store,
                outside(TableCatalog.class, catalog),
                offsets -> consumer().commit(offsets),
                outside(AbortCheck.class, abort),
                listener,
                (name, records) -> new ListeningProgress(),
                InstantSource.fixed(NOW));
    }

    private LoadRun.Settings settings() {
        return new LoadRun.Settings(
                root,
                taskBytesMax,
                new ParquetSettings(CompressionCodecName.ZSTD, 1 << 20, memory),
                "eventTime",
                subjects,
                errorsRatioMax);
    }

    Layout layout() {
        return new Layout(root, topic);
    }

    /** Returns the rows of the files that belong to a table now, whatever else is on disk. */
    List<GenericRecord> liveRows(TableKind table) throws IOException {
        return rows(liveFiles(table));
    }

    List<Path> liveFiles(TableKind table) throws IOException {
        return new CommitLog(store, layout())
                .state().files().stream()
                        .filter(file -> file.table() == table)
                        .map(layout()::file)
                        .toList();
    }

    /** Returns the sums of all live rows, as their files have them. */
    FileAudit sums() throws IOException {
        FileAudit sums = new FileAudit(true, new TreeMap<>());
        for (Path file : liveFiles(TableKind.ROWS)) {
            try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(file, hadoop))) {
                sums = sums.plus(FileAudit.parse(
                        reader.getFileMetaData().getKeyValueMetaData().getOrDefault(FileAudit.FOOTER_KEY, "")));
            }
        }
        return sums;
    }

    /** Returns all rows of a table's files on disk, read by parquet-avro alone. */
    List<GenericRecord> rows(TableKind table) throws IOException {
        return rows(files(table));
    }

    private List<GenericRecord> rows(List<Path> files) throws IOException {
        List<GenericRecord> rows = new ArrayList<>();
        for (Path file : files) {
            try (ParquetReader<GenericRecord> reader = AvroParquetReader.<GenericRecord>builder(
                            HadoopInputFile.fromPath(file, hadoop))
                    .build()) {
                for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    /** Returns the Parquet files of a table. */
    List<Path> files(TableKind table) throws IOException {
        Path folder = layout().folder(table);
        FileSystem files = folder.getFileSystem(hadoop);
        List<Path> found = new ArrayList<>();
        if (files.exists(folder)) {
            RemoteIterator<LocatedFileStatus> all = files.listFiles(folder, true);
            while (all.hasNext()) {
                found.add(all.next().getPath());
            }
        }
        return found;
    }

    /** Returns the number of rows on disk by status. */
    SortedMap<Integer, Long> rowsByStatus() throws IOException {
        return byStatus(rows(TableKind.ROWS));
    }

    static SortedMap<Integer, Long> byStatus(List<GenericRecord> rows) {
        SortedMap<Integer, Long> byStatus = new TreeMap<>();
        for (GenericRecord row : rows) {
            byStatus.merge((Integer) row.get("status"), 1L, Long::sum);
        }
        return byStatus;
    }

    /** Returns partition and offset of each row, sorted. */
    List<String> positions(TableKind table) throws IOException {
        return positions(rows(table));
    }

    static List<String> positions(List<GenericRecord> rows) {
        return rows.stream()
                .map(row -> row.get("record_partition") + "/" + row.get("record_offset"))
                .sorted()
                .toList();
    }

    private final class ListeningProgress implements LoadProgress {
        @Override
        public void loaded(long records) {
            loaded.accept(records);
        }

        @Override
        public void close() {}
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
