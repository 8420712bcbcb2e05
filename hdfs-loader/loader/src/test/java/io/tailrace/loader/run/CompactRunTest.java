package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.commit.CommitListener;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.CommitStep;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.compact.CompactResult;
import io.tailrace.loader.compact.CompactRun;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.store.StoredInputFile;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.FileAudit;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.PublishedHour;
import io.tailrace.loader.table.TableDefinition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.table.TableSchema;
import io.tailrace.loader.task.ParquetSettings;
import io.tailrace.loader.task.TaskMemory;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompactRunTest {
    private static final long SEED = 12;
    private static final int EVENTS = 40;
    private static final int LOADS = 3;
    private static final Duration GRACE = Duration.ofHours(1);

    private final FakeCatalog catalog = new FakeCatalog();
    private FakeCluster cluster = new FakeCluster();
    private FakeRegistry registry = new FakeRegistry();
    private TestLoader loader;
    private Instant now = Instant.now();

    @BeforeEach
    void load(@TempDir java.nio.file.Path dir) throws IOException {
        cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
        registry = new FakeRegistry();
        loader = new TestLoader(new Path(dir.toUri()), new Configuration(), cluster, registry).catalog(catalog);
        for (int i = 0; i < LOADS; i++) {
            AccessLog.append(cluster, registry, EVENTS, SEED);
            loader.load();
        }
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    private CompactResult compact() throws IOException {
        return compact(step -> {});
    }

    private CompactResult compact(CommitListener listener) throws IOException {
        return compact(listener, 64 << 20);
    }

    private CompactResult compact(CommitListener listener, long fileBytesTarget) throws IOException {
        CompactRun.Settings settings = new CompactRun.Settings(
                loader.root,
                fileBytesTarget,
                new ParquetSettings(CompressionCodecName.ZSTD, 1 << 20, new TaskMemory(8 << 20, "", 1 << 30)),
                GRACE);
        CompactRun.Dependencies dependencies =
                new CompactRun.Dependencies(loader.store, catalog, () -> {}, listener, InstantSource.fixed(now));
        return new CompactRun(settings, dependencies, AccessLog.TOPIC).run(hour -> true);
    }

    private void assertEachRowOnce(int rows) throws IOException {
        assertThat(TestLoader.positions(loader.liveRows(TableKind.ROWS)))
                .hasSize(rows)
                .doesNotHaveDuplicates();
    }

    private void assertCatalogReadsTheLiveFiles() throws IOException {
        catalog.assertReadsTheLiveFiles(loader);
    }

    @Test
    void leavesOneFileForEachHour() throws IOException {
        int before = loader.liveFiles(TableKind.ROWS).size();

        CompactResult result = compact();

        assertThat(result.merged()).isEqualTo(before).isGreaterThan(result.hours());
        assertThat(result.files()).isEqualTo(result.hours());
        assertThat(loader.liveFiles(TableKind.ROWS)).hasSize(result.hours());
        assertEachRowOnce(LOADS * EVENTS);
        assertCatalogReadsTheLiveFiles();
        assertThat(compact().hours()).isZero();
    }

    @Test
    void keepsTheSumsOfTheRows() throws IOException {
        List<FileAudit> before = audits();

        compact();

        List<FileAudit> after = audits();
        assertThat(after).hasSizeLessThan(before.size());
        assertThat(after.stream().reduce(FileAudit::plus))
                .isEqualTo(before.stream().reduce(FileAudit::plus));
        assertThat(after.stream().reduce(FileAudit::plus).orElseThrow().sums()).isNotEmpty();
    }

    private List<FileAudit> audits() throws IOException {
        List<FileAudit> audits = new ArrayList<>();
        for (Path file : loader.liveFiles(TableKind.ROWS)) {
            try (ParquetFileReader reader = ParquetFileReader.open(
                    new StoredInputFile(loader.store, file),
                    ParquetReadOptions.builder().build())) {
                audits.add(FileAudit.parse(
                        reader.getFileMetaData().getKeyValueMetaData().getOrDefault(FileAudit.FOOTER_KEY, "")));
            }
        }
        return audits;
    }

    @Test
    void laterRowsJoinTheMergedOnes() throws IOException {
        compact();
        AccessLog.append(cluster, registry, EVENTS, SEED);
        loader.load();

        assertEachRowOnce((LOADS + 1) * EVENTS);
        assertCatalogReadsTheLiveFiles();
        compact();
        assertEachRowOnce((LOADS + 1) * EVENTS);
        assertCatalogReadsTheLiveFiles();
    }

    @Test
    void deletesReplacedFilesAfterTheGracePeriod() throws IOException {
        List<Path> replaced = loader.liveFiles(TableKind.ROWS);
        compact();
        now = now.plus(GRACE.dividedBy(2));
        assertThat(compact().deleted()).isZero();
        assertThat(loader.files(TableKind.ROWS))
                .containsAll(replaced.stream().map(loader.store::qualified).toList());

        now = now.plus(GRACE).plus(GRACE);

        assertThat(compact().deleted()).isEqualTo(replaced.size());
        assertThat(loader.files(TableKind.ROWS))
                .containsExactlyInAnyOrderElementsOf(loader.liveFiles(TableKind.ROWS).stream()
                        .map(loader.store::qualified)
                        .toList());
        assertThat(compact().deleted()).isZero();
    }

    @Test
    void theCatalogShowsTheLiveFilesBeforeReplacedOnesAreDeleted() throws IOException {
        TableDefinition table = table();
        SortedMap<PathPartition, PublishedHour> former = catalog.hours(table.name());
        compact();
        // A run that lost its lock was about to make this call.
        catalog.publish(table, former);
        now = now.plus(GRACE).plus(GRACE);

        catalog.away(true);
        assertThatThrownBy(this::compact).isInstanceOf(IOException.class);
        assertThat(loader.files(TableKind.ROWS))
                .hasSizeGreaterThan(loader.liveFiles(TableKind.ROWS).size());

        catalog.away(false);
        assertThat(compact().deleted()).isPositive();
        assertCatalogReadsTheLiveFiles();
    }

    private TableDefinition table() throws IOException {
        TopicState state = new CommitLog(loader.store, loader.layout()).state();
        TableSchema schema =
                TableSchema.of(AccessLog.TOPIC, state.newest().orElseThrow().schema());
        return TableDefinition.of(TableKind.ROWS, schema, loader.layout(), loader.store);
    }

    @Test
    void keepsTheColumnsOfEachSchema() throws IOException {
        int grown = registry.register(SchemaRegistryClient.valueSubject(AccessLog.TOPIC), AccessLog.GROWN);
        for (int i = 0; i < 2; i++) {
            GenericRecord event = AccessLog.event(AccessLog.GROWN, AccessLog.START.toEpochMilli(), 200);
            event.put("method", "POST");
            cluster.append(AccessLog.P0, 0, AccessLog.value(grown, event));
            loader.load();
        }

        compact();

        assertEachRowOnce(LOADS * EVENTS + 2);
        assertThat(loader.liveRows(TableKind.ROWS).stream()
                        .filter(row -> row.hasField("method"))
                        .map(row -> row.get("method").toString()))
                .containsExactly("POST", "POST");
    }

    @Test
    void mergesSmallFilesThatHaveALargeOneBetweenThem() throws IOException {
        compact();
        long hourMs = AccessLog.START.plus(Duration.ofDays(9)).toEpochMilli();
        int id = registry.register(SchemaRegistryClient.valueSubject(AccessLog.TOPIC), AccessLog.SCHEMA);
        for (int events : new int[] {1, 20_000, 1}) {
            for (int i = 0; i < events; i++) {
                cluster.append(AccessLog.P0, 0, AccessLog.value(id, AccessLog.event(AccessLog.SCHEMA, hourMs + i, i)));
            }
            loader.load();
        }
        long largest = new CommitLog(loader.store, loader.layout())
                .state().files().stream().mapToLong(DataFile::bytes).max().orElseThrow();

        CompactResult result = compact(step -> {}, largest);

        assertThat(result.merged()).isEqualTo(3);
        assertThat(result.files()).isEqualTo(2);
        assertEachRowOnce(LOADS * EVENTS + 20_002);
    }

    @Test
    void filesThatCannotBecomeFewerStayAsTheyAre() throws IOException {
        compact();
        int grown = registry.register(SchemaRegistryClient.valueSubject(AccessLog.TOPIC), AccessLog.GROWN);
        GenericRecord event = AccessLog.event(AccessLog.GROWN, AccessLog.START.toEpochMilli(), 200);
        event.put("method", "POST");
        cluster.append(AccessLog.P0, 0, AccessLog.value(grown, event));
        loader.load();
        List<Path> files = loader.liveFiles(TableKind.ROWS);
        long sequence = new CommitLog(loader.store, loader.layout()).state().sequence();

        compact();

        assertThat(loader.liveFiles(TableKind.ROWS)).isEqualTo(files);
        assertThat(new CommitLog(loader.store, loader.layout()).state().sequence())
                .isEqualTo(sequence);
        assertThat(loader.store.names(loader.layout().staging())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "FILES_STAGED, 1",
        "MANIFEST_STAGED, 1",
        "MANIFEST_PUBLISHED, 1",
        "FILE_MOVED, 1",
        "PUBLISHED, 1",
        "MARKED, 1",
        "PUBLISHED, 2",
        "MARKED, 2"
    })
    void aCrashAtAnyStepLosesAndDoublesNothing(CommitStep last, int occurrence) throws IOException {
        int[] left = {occurrence};
        assertThatThrownBy(() -> compact(step -> {
                    if (step == last && --left[0] == 0) {
                        throw new Crash();
                    }
                }))
                .isInstanceOf(Crash.class);
        AccessLog.append(cluster, registry, EVENTS, SEED);

        loader.load();

        assertEachRowOnce((LOADS + 1) * EVENTS);
        assertCatalogReadsTheLiveFiles();
        compact();
        assertEachRowOnce((LOADS + 1) * EVENTS);
        assertCatalogReadsTheLiveFiles();
    }

    @Test
    void aRunThatAnotherRunFencedCommitsNothing() throws IOException {
        AccessLog.append(cluster, registry, EVENTS, SEED);
        assertThatThrownBy(() -> compact(step -> {
                    if (step == CommitStep.MANIFEST_STAGED) {
                        loadFromElsewhere();
                    }
                }))
                .isInstanceOf(CommitConflictException.class);
        assertEachRowOnce((LOADS + 1) * EVENTS);
    }

    private void loadFromElsewhere() {
        try {
            loader.load();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void refusesAFileWithOtherRowsThanWereCommitted() throws IOException {
        List<DataFile> files = new CommitLog(loader.store, loader.layout())
                .state().files().stream()
                        .sorted(Comparator.comparing(DataFile::rows))
                        .toList();
        Path damaged = loader.layout().file(files.get(0));
        Path other = loader.layout().file(files.get(files.size() - 1));
        assertThat(files.get(0).rows()).isLessThan(files.get(files.size() - 1).rows());
        byte[] bytes = loader.store.read(other);
        loader.store.delete(damaged);
        loader.store.write(damaged, bytes);

        assertThatThrownBy(this::compact)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(damaged.toString())
                .hasMessageContaining("rows as committed");
        assertThat(new CommitLog(loader.store, loader.layout()).state().sequence())
                .isEqualTo(LOADS);
    }
}
