package io.tailrace.loader.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.CommitStep;
import io.tailrace.loader.commit.ManifestFormatTest;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.plan.RetentionGapException;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.task.TaskMemory;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a load does, on any file system. */
abstract class LoadRunContract {
    static final long SEED = 84;
    static final int EVENTS = 600;

    FakeCluster cluster = new FakeCluster();
    FakeRegistry registry = new FakeRegistry();
    TestLoader loader;

    /** Returns a folder that no other test uses. */
    abstract Path root() throws IOException;

    abstract Configuration hadoop();

    @BeforeEach
    void open() throws IOException {
        cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
        registry = new FakeRegistry();
        loader = new TestLoader(root(), hadoop(), cluster, registry);
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    @Test
    void loadsEveryEventIntoItsHour() throws IOException {
        SortedMap<Integer, Long> expected = AccessLog.append(cluster, registry, EVENTS, SEED, AccessLog.HOURS);

        LoadResult result = loader.load();

        assertThat(result).isEqualTo(new LoadResult(AccessLog.TOPIC, EVENTS, 0, result.files(), 0, List.of()));
        assertThat(loader.rowsByStatus()).isEqualTo(expected);
        assertThat(loader.files(TableKind.ROWS).stream().map(Path::getParent).distinct())
                .hasSize(AccessLog.HOURS);
        assertThat(loader.files(TableKind.ROWS)).allSatisfy(file -> assertThat(file.toString())
                .matches(".*/access-log/dt=2015-05-\\d\\d/hr=\\d\\d/access-log-[01]-\\d+-\\d+\\.parquet"));
        assertThat(cluster.groupOffsets()).isEqualTo(Map.of(AccessLog.P0, EVENTS / 2L, AccessLog.P1, EVENTS / 2L));
    }

    @Test
    void aRunThatFindsNothingCommitsTheOffsetsAgain() throws IOException {
        AccessLog.append(cluster, registry, EVENTS, SEED);
        loader.load();
        cluster.expireGroupOffsets();

        assertThat(loader.load()).isEqualTo(new LoadResult(AccessLog.TOPIC, 0, 0, 0, 0, List.of()));
        assertThat(cluster.groupOffsets()).isEqualTo(Map.of(AccessLog.P0, EVENTS / 2L, AccessLog.P1, EVENTS / 2L));
    }

    @Test
    void keepsTypedColumnsAndTheRecordsPosition() throws IOException {
        int id = registry.register(SchemaRegistryClient.valueSubject(AccessLog.TOPIC), AccessLog.SCHEMA);
        long timeMs = AccessLog.START.toEpochMilli();
        cluster.append(AccessLog.P1, 0, AccessLog.value(id, AccessLog.event(AccessLog.SCHEMA, timeMs, 304)));

        loader.load();

        GenericRecord row = loader.rows(TableKind.ROWS).get(0);
        assertThat(row.getSchema().getFields())
                .extracting("name")
                .containsExactly(
                        "client_address",
                        "event_time",
                        "status",
                        "response_bytes",
                        "user",
                        "record_topic",
                        "record_partition",
                        "record_offset",
                        "record_schema");
        assertThat(row.get("event_time")).hasToString("2015-05-17T10:00:00Z");
        assertThat(row.get("response_bytes")).isNull();
        assertThat(row.get("record_topic")).hasToString("access-log");
        assertThat(row.get("record_partition")).isEqualTo(1);
        assertThat(row.get("record_offset")).isEqualTo(0L);
        assertThat(row.get("record_schema")).isEqualTo(id);
    }

    /** The rows that a file gets when it is opened are read again; the row for which it is opened keeps its own values. */
    @Test
    void eachRowHasItsOwnValuesHoweverFullTheMemoryIs() throws IOException {
        int id = registry.register(SchemaRegistryClient.valueSubject(AccessLog.TOPIC), AccessLog.SCHEMA);
        long timeMs = AccessLog.START.toEpochMilli();
        for (int i = 0; i < 5_000; i++) {
            cluster.append(AccessLog.P0, timeMs, AccessLog.value(id, AccessLog.event(AccessLog.SCHEMA, timeMs, i)));
        }

        loader.memory(new TaskMemory(128 << 10, "", 1 << 20)).load();

        assertThat(loader.rows(TableKind.ROWS)).hasSize(5_000).allSatisfy(row -> assertThat(
                        ((Integer) row.get("status")).longValue())
                .isEqualTo(row.get("record_offset")));
    }

    @Test
    void loadsEachRecordOnce() throws IOException {
        AccessLog.append(cluster, registry, EVENTS, SEED);
        loader.load();
        List<Path> files = loader.files(TableKind.ROWS);

        assertThat(loader.load()).isEqualTo(new LoadResult(AccessLog.TOPIC, 0, 0, 0, 0, List.of()));
        assertThat(loader.files(TableKind.ROWS)).isEqualTo(files);

        AccessLog.append(cluster, registry, 1, SEED);
        assertThat(loader.load().rows()).isEqualTo(1);
        assertThat(loader.positions(TableKind.ROWS)).hasSize(EVENTS + 1).doesNotHaveDuplicates();
    }

    @Test
    void splitsAPartitionIntoTasksWithLittleMemory() throws IOException {
        SortedMap<Integer, Long> expected = AccessLog.append(cluster, registry, EVENTS, SEED);

        int files = loader.taskBytesMax(60 * 512)
                .memory(new TaskMemory(64 << 10, "", 1 << 20))
                .load()
                .files();

        assertThat(files).isGreaterThanOrEqualTo(EVENTS / 60);
        assertThat(loader.rowsByStatus()).isEqualTo(expected);
        assertThat(loader.positions(TableKind.ROWS)).doesNotHaveDuplicates();
    }

    /** Task ranges of 1 to 20 offsets begin and end before, in and after batches and gaps. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 20})
    void loadsALogWithGapsInAndBetweenBatches(int taskOffsets) throws IOException {
        int id = registry.register(SchemaRegistryClient.valueSubject(AccessLog.TOPIC), AccessLog.SCHEMA);
        long timeMs = AccessLog.START.toEpochMilli();
        byte[] value = AccessLog.value(id, AccessLog.event(AccessLog.SCHEMA, timeMs, 200));
        cluster.appendBatch(AccessLog.P0, timeMs, 4, Map.of(1, value, 2, value));
        cluster.skipOffsets(AccessLog.P0, 3);
        cluster.append(AccessLog.P0, timeMs, value);
        cluster.appendBatch(AccessLog.P0, timeMs, 2, Map.of());
        cluster.appendBatch(AccessLog.P0, timeMs, 5, Map.of(0, value, 4, value));
        cluster.appendBatch(AccessLog.P0, timeMs, 1, Map.of());

        assertThat(loader.taskBytesMax(taskOffsets * 512L).load().rows()).isEqualTo(5);
        assertThat(loader.positions(TableKind.ROWS)).containsExactly("0/1", "0/10", "0/14", "0/2", "0/7");
        assertThat(cluster.groupOffsets()).containsEntry(AccessLog.P0, 16L);
        assertThat(loader.load()).isEqualTo(new LoadResult(AccessLog.TOPIC, 0, 0, 0, 0, List.of()));
    }

    @Test
    void loadsUpToTheFirstOpenTransactionAndTheRestOnceItHasEnded() throws IOException {
        int id = registry.register(SchemaRegistryClient.valueSubject(AccessLog.TOPIC), AccessLog.SCHEMA);
        long timeMs = AccessLog.START.toEpochMilli();
        byte[] value = AccessLog.value(id, AccessLog.event(AccessLog.SCHEMA, timeMs, 200));
        cluster.append(AccessLog.P0, timeMs, value);
        cluster.beginTransaction(AccessLog.P0);
        cluster.append(AccessLog.P0, timeMs, value);
        cluster.append(AccessLog.P0, timeMs, value);

        assertThat(loader.load().rows()).isEqualTo(1);
        assertThat(cluster.groupOffsets()).containsEntry(AccessLog.P0, 1L);

        cluster.endTransaction(AccessLog.P0);
        assertThat(loader.load().rows()).isEqualTo(2);
        assertThat(loader.positions(TableKind.ROWS)).containsExactly("0/0", "0/1", "0/2");
        assertThat(cluster.groupOffsets()).containsEntry(AccessLog.P0, 4L);
    }

    @Test
    void failsIfAPartitionDeliversNothing() throws IOException {
        AccessLog.append(cluster, registry, 4, SEED);
        cluster.skipOffsets(AccessLog.P0, 1);

        assertThatThrownBy(loader.nanoTime(tenSecondsACall())::load)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no data for 60 s from partition access-log-0 at offset 2")
                .hasMessageContaining("up to offset 2");
        assertThat(loader.files(TableKind.ROWS)).isEmpty();
    }

    @Test
    void waitsWhileBatchesWithoutRecordsArrive() throws IOException {
        AccessLog.append(cluster, registry, 4, SEED);
        for (int i = 0; i < 10; i++) {
            cluster.appendBatch(AccessLog.P0, 0, 3, Map.of());
        }
        cluster.pollBatchesMax(1);

        assertThat(loader.nanoTime(tenSecondsACall()).load().rows()).isEqualTo(4);
        assertThat(cluster.groupOffsets()).containsEntry(AccessLog.P0, 32L);
    }

    private static LongSupplier tenSecondsACall() {
        AtomicLong nanos = new AtomicLong();
        return () -> nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    }

    @Test
    void continuesAfterAManifestOfFormat1() throws IOException {
        AccessLog.append(cluster, registry, 10, SEED);
        loader.store.makeFolder(loader.layout().commits());
        loader.store.write(
                new Path(loader.layout().commits(), "00000000000000000001.json"),
                ManifestFormatTest.FORMAT_1.getBytes(UTF_8));

        assertThat(loader.load().rows()).isEqualTo(3);
        assertThat(loader.positions(TableKind.ROWS)).containsExactly("0/4", "1/3", "1/4");
    }

    @Test
    void loadsNothingIfTheNewestManifestCannotBeRead() throws IOException {
        AccessLog.append(cluster, registry, 10, SEED);
        loader.load();
        Path manifest = new Path(loader.layout().commits(), "00000000000000000002.json");
        loader.store.write(manifest, "{\"format\": 4}".getBytes(UTF_8));

        assertThatThrownBy(loader::load)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(manifest.toString())
                .hasMessageContaining("format: expected 1 to 3, found 4")
                .hasMessageContaining("Nothing was loaded. If a newer loader wrote the file, use that loader");
        assertThat(loader.rows(TableKind.ROWS)).hasSize(10);
    }

    @Test
    void failsOnARetentionGapUnlessToldToSkipIt() throws IOException {
        AccessLog.append(cluster, registry, 10, SEED);
        loader.load();
        AccessLog.append(cluster, registry, 20, SEED);
        cluster.retainFrom(AccessLog.P1, 8);

        assertThatThrownBy(loader::load)
                .isInstanceOf(RetentionGapException.class)
                .hasMessageContaining("offsets 5 to 7 of access-log-1")
                .hasMessageContaining("--skip-gap");
        assertThat(loader.rows(TableKind.ROWS)).hasSize(10);

        LoadResult result = loader.load(Plan.OnGap.SKIP, step -> {});
        assertThat(result).isEqualTo(new LoadResult(AccessLog.TOPIC, 17, 0, result.files(), 3, List.of()));
    }

    @Test
    void refusesALogThatEndsBeforeTheLoadedOffsets() throws IOException {
        AccessLog.append(cluster, registry, 10, SEED);
        loader.load();
        cluster.truncateTo(AccessLog.P0, 2);

        assertThatThrownBy(loader::load)
                .hasMessageContaining("log of access-log-0 ends at offset 2, but was loaded up to 5");
    }

    @Test
    void writesUndecodableRecordsToTheErrorTable() throws IOException {
        AccessLog.append(cluster, registry, 4, SEED);
        long timeMs = AccessLog.START.toEpochMilli();
        byte[] good = AccessLog.value(1, AccessLog.event(AccessLog.SCHEMA, timeMs, 200));
        byte[] cut = Arrays.copyOf(good, good.length - 1);
        byte[] inYear60000 = AccessLog.value(1, AccessLog.event(AccessLog.SCHEMA, 1_831_300_000_000_000L, 200));
        byte[] longerThanItIs = {0, 0, 0, 0, 1, (byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f};
        for (byte[] value : new byte[][] {"GET /".getBytes(UTF_8), cut, inYear60000, longerThanItIs}) {
            cluster.append(AccessLog.P0, timeMs, value);
        }
        cluster.append(AccessLog.P0, timeMs, null);

        LoadResult result = loader.load();

        assertThat(result.rows()).isEqualTo(4);
        assertThat(result.errors()).isEqualTo(5);
        List<GenericRecord> errors = loader.rows(TableKind.ERRORS).stream()
                .sorted(Comparator.comparing(row -> (Long) row.get("record_offset")))
                .toList();
        assertThat(errors.stream().map(row -> row.get("reason").toString()))
                .satisfiesExactly(
                        reason -> assertThat(reason).contains("0x47"),
                        reason -> assertThat(reason).startsWith("Avro:"),
                        reason -> assertThat(reason).contains("event time"),
                        reason -> assertThat(reason).startsWith("Avro:"),
                        reason -> assertThat(reason).isEqualTo("no value"));
        assertThat(errors.get(0).get("record_value")).isEqualTo(ByteBuffer.wrap("GET /".getBytes(UTF_8)));
        assertThat(errors.get(0).get("record_offset")).isEqualTo(2L);
    }

    @Test
    void projectsOlderEventsToTheNewestSchema() throws IOException {
        AccessLog.append(cluster, registry, 2, SEED);
        loader.load();
        AccessLog.append(cluster, registry, 2, SEED);
        int grown = registry.register(SchemaRegistryClient.valueSubject(AccessLog.TOPIC), AccessLog.GROWN);
        GenericRecord event = AccessLog.event(AccessLog.GROWN, AccessLog.START.toEpochMilli(), 200);
        event.put("method", "POST");
        cluster.append(AccessLog.P0, 0, AccessLog.value(grown, event));

        loader.load();

        assertThat(loader.rows(TableKind.ROWS).stream()
                        .filter(row -> row.hasField("method"))
                        .map(row -> row.get("method").toString()))
                .containsExactlyInAnyOrder("GET", "GET", "POST");
    }

    @Test
    void writesAllRecordsToTheErrorTableIfNoSchemaIsRegistered() throws IOException {
        cluster.append(AccessLog.P0, AccessLog.START.toEpochMilli(), new byte[] {1, 2, 3});

        assertThat(loader.load().errors()).isEqualTo(1);
        assertThat(loader.load()).isEqualTo(new LoadResult(AccessLog.TOPIC, 0, 0, 0, 0, List.of()));
    }

    /** The first lookup is for the newest schema, the next ones are for the schemas that records were written with. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void failsIfTheRegistryIsUnreachable(int lookups) throws IOException {
        AccessLog.append(cluster, registry, 10, SEED);
        registry.stopAfter(lookups);

        assertThatThrownBy(loader::load).hasMessageContaining("cannot reach the schema registry");
        assertThat(loader.files(TableKind.ERRORS)).isEmpty();
    }

    @Test
    void commitsNothingAfterLosingTheLock() throws IOException {
        AccessLog.append(cluster, registry, 10, SEED);
        loader.abort(() -> {
            throw new CommitConflictException("lost");
        });

        assertThatThrownBy(loader::load).isInstanceOf(CommitConflictException.class);
        assertThat(new CommitLog(loader.store, loader.layout()).state().newest())
                .isEmpty();
        assertThat(loader.files(TableKind.ROWS)).isEmpty();
    }

    @Test
    void fencedRunCannotCommit() throws IOException {
        AccessLog.append(cluster, registry, 10, SEED);

        assertThatThrownBy(() -> loader.load(Plan.OnGap.FAIL, step -> {
                    if (step == CommitStep.MANIFEST_STAGED) {
                        loadFromElsewhere();
                    }
                }))
                .isInstanceOf(CommitConflictException.class);

        assertThat(loader.positions(TableKind.ROWS)).hasSize(10).doesNotHaveDuplicates();
        assertThat(loader.load()).isEqualTo(new LoadResult(AccessLog.TOPIC, 0, 0, 0, 0, List.of()));
    }

    /** What another process does after this one lost the lock. */
    private void loadFromElsewhere() {
        try (TestLoader other = new TestLoader(loader.root, hadoop(), cluster, registry)) {
            other.load();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void loadsAnAddedPartitionFromOffset0() throws IOException {
        AccessLog.append(cluster, registry, 10, SEED);
        loader.load();
        TopicPartition added = new TopicPartition(AccessLog.TOPIC, 2);
        cluster.with(added);
        long timeMs = AccessLog.START.toEpochMilli();
        cluster.append(added, timeMs, AccessLog.value(1, AccessLog.event(AccessLog.SCHEMA, timeMs, 200)));

        assertThat(loader.load().rows()).isEqualTo(1);
    }

    @Test
    void failsOnARetentionGapOfAnAddedPartition() throws IOException {
        AccessLog.append(cluster, registry, 10, SEED);
        loader.load();
        TopicPartition added = new TopicPartition(AccessLog.TOPIC, 2);
        cluster.with(added);
        for (int i = 0; i < 3; i++) {
            long timeMs = AccessLog.START.toEpochMilli();
            cluster.append(added, timeMs, AccessLog.value(1, AccessLog.event(AccessLog.SCHEMA, timeMs, 200)));
        }
        cluster.retainFrom(added, 2);

        assertThatThrownBy(loader::load).hasMessageContaining("offsets 0 to 1 of access-log-2");
        assertThat(loader.load(Plan.OnGap.SKIP, step -> {}).rows()).isEqualTo(1);
    }
}
