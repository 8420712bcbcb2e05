package io.tailrace.loader;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/** A loader over brokers and a registry in memory and a real file system, and a reader that shares no code with it. */
final class TestLoader implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    final FakeCluster cluster;
    final FakeRegistry registry;
    final Store store;
    final Path root;
    private final Configuration hadoop;
    private TableCatalog catalog = TableCatalog.NONE;
    private RunGuard guard = () -> {};
    private LongConsumer loaded = records -> {};
    private int openFilesMax = 100;
    private long taskBytesMax = Long.MAX_VALUE;

    TestLoader(Path root, Configuration hadoop, FakeCluster cluster, FakeRegistry registry) throws IOException {
        this.root = root;
        this.hadoop = hadoop;
        this.cluster = cluster;
        this.registry = registry;
        this.store = Store.open(root, hadoop);
    }

    TestLoader catalog(TableCatalog tables) {
        this.catalog = tables;
        return this;
    }

    TestLoader guard(RunGuard runGuard) {
        this.guard = runGuard;
        return this;
    }

    TestLoader whenLoaded(LongConsumer watcher) {
        this.loaded = watcher;
        return this;
    }

    TestLoader openFilesMax(int files) {
        this.openFilesMax = files;
        return this;
    }

    TestLoader taskBytesMax(long bytes) {
        this.taskBytesMax = bytes;
        return this;
    }

    LoadResult load() throws IOException {
        return load(Plan.OnGap.FAIL, step -> {});
    }

    LoadResult load(Plan.OnGap onGap, StepObserver observer) throws IOException {
        LoadRun.Parts parts = new LoadRun.Parts(
                cluster.admin(),
                cluster::consumer,
                registry,
                store,
                catalog,
                offsets -> cluster.consumer().commit(offsets),
                guard,
                observer,
                (topic, records) -> new Watcher(),
                InstantSource.fixed(NOW));
        return new LoadRun(config(), parts, AccessLog.TOPIC).run(onGap);
    }

    LoaderConfig config() {
        return new LoaderConfig(
                "unused:1",
                URI.create("http://unused"),
                "unused:1",
                "loader",
                List.of(AccessLog.TOPIC),
                root,
                Optional.empty(),
                2,
                taskBytesMax,
                new ParquetSettings(CompressionCodecName.ZSTD, 1 << 20, openFilesMax),
                "eventTime",
                List.of(),
                "default");
    }

    Layout layout() {
        return new Layout(root, AccessLog.TOPIC);
    }

    /** All rows of a table, read by parquet-avro alone. */
    List<GenericRecord> rows(Layout.Table table) throws IOException {
        List<GenericRecord> rows = new ArrayList<>();
        for (Path file : files(table)) {
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

    /** The Parquet files of a table. */
    List<Path> files(Layout.Table table) throws IOException {
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

    SortedMap<Integer, Long> rowsByStatus() throws IOException {
        SortedMap<Integer, Long> byStatus = new TreeMap<>();
        for (GenericRecord row : rows(Layout.Table.ROWS)) {
            byStatus.merge((Integer) row.get("status"), 1L, Long::sum);
        }
        return byStatus;
    }

    /** Where each row stood, as partition and offset: a set that is smaller than its list has a row twice. */
    List<String> positions(Layout.Table table) throws IOException {
        return rows(table).stream()
                .map(row -> row.get("record_partition") + "/" + row.get("record_offset"))
                .sorted()
                .toList();
    }

    private final class Watcher implements LoadProgress {
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
