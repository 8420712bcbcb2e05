package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.commit.CommitListener;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.CommitStep;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.rewrite.ReloadRange;
import io.tailrace.loader.rewrite.ReloadResult;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.FileAudit;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a reload keeps, on any file system. */
abstract class ReloadContract {
    private static final long SEED = 12;
    private static final int EVENTS = 40;
    private static final int LOADS = 3;
    private static final long HOUR_MS = 3_600_000;
    private static final long START_MS = AccessLog.START.toEpochMilli();
    private static final PathPartition FIRST = PathPartition.of(START_MS);
    private static final PathPartition SECOND = PathPartition.of(START_MS + HOUR_MS);
    private static final ReloadRange FIRST_HOUR = new ReloadRange.Hours(FIRST, FIRST);
    private static final LoadChoices ACCEPT_ERRORS = new LoadChoices(Plan.OnGap.FAIL, false, true);
    private static final LoadChoices ACCEPT_NEW_TOPIC = new LoadChoices(Plan.OnGap.FAIL, true, true);

    /** A folder that no other test uses. */
    abstract Path root() throws IOException;

    abstract Configuration hadoop();

    private final FakeCatalog catalog = new FakeCatalog();
    private FakeCluster cluster = new FakeCluster();
    private FakeRegistry registry = new FakeRegistry();
    private TestLoader loader;

    /** Each load has events of three hours, and an error in the first one. */
    @BeforeEach
    void load() throws IOException {
        cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
        registry = new FakeRegistry();
        loader = new TestLoader(root(), hadoop(), cluster, registry)
                .catalog(catalog)
                .taskBytesMax(8_000);
        for (int i = 0; i < LOADS; i++) {
            appendMore();
            loader.load(ACCEPT_ERRORS);
        }
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    private void appendMore() {
        AccessLog.append(cluster, registry, EVENTS, SEED);
        appendBroken(START_MS);
    }

    private void appendBroken(long timeMs) {
        cluster.append(AccessLog.P1, timeMs, "not framed".getBytes(StandardCharsets.UTF_8));
    }

    private ReloadResult reload(ReloadRange range) throws IOException {
        return reload(range, step -> {});
    }

    private ReloadResult reload(ReloadRange range, CommitListener listener) throws IOException {
        ReloadResult result = loader.reload(range, listener);
        assertThat(result.failures()).isEmpty();
        assertThat(loader.store.names(loader.layout().staging())).isEmpty();
        return result;
    }

    private TopicState state() throws IOException {
        return new CommitLog(loader.store, loader.layout()).state();
    }

    private List<DataFile> files(TableKind table, PathPartition hour) throws IOException {
        return state().files().stream()
                .filter(file -> file.table() == table && file.pathPartition().equals(hour))
                .toList();
    }

    /** All rows of both tables, sorted. */
    private List<String> contents() throws IOException {
        List<GenericRecord> rows = new ArrayList<>();
        for (TableKind table : TableKind.values()) {
            rows.addAll(loader.liveRows(table));
        }
        assertThat(TestLoader.positions(rows)).doesNotHaveDuplicates();
        catalog.assertReadsTheLiveFiles(loader);
        return rows.stream().map(GenericRecord::toString).sorted().toList();
    }

    private List<DataFile> filesOutside(PathPartition hour) throws IOException {
        return state().files().stream()
                .filter(file -> !file.pathPartition().equals(hour))
                .toList();
    }

    private void assertNothingChanged(List<String> contents, long sequence) throws IOException {
        assertThat(contents()).isEqualTo(contents);
        assertThat(state().sequence()).isEqualTo(sequence);
        assertThat(loader.store.names(loader.layout().staging())).isEmpty();
    }

    @Test
    void replacesTheFilesOfAnHourAndNoOthers() throws IOException {
        List<String> before = contents();
        List<DataFile> others = filesOutside(FIRST);
        FileAudit sums = loader.sums();
        Map<Integer, Long> ends = state().newest().orElseThrow().endOffsets();

        ReloadResult result = reload(FIRST_HOUR);

        assertThat(contents()).isEqualTo(before);
        assertThat(filesOutside(FIRST)).isEqualTo(others);
        assertThat(loader.sums()).isEqualTo(sums);
        assertThat(state().newest().orElseThrow().endOffsets()).isEqualTo(ends);
        assertThat(state().generation(TableKind.ROWS, FIRST)).isEqualTo(state().sequence());
        assertThat(result.hours())
                .extracting(ReloadResult.HourChange::table)
                .containsExactly(TableKind.ROWS, TableKind.ERRORS);
        assertThat(result.hours()).allSatisfy(change -> {
            assertThat(change.hour()).isEqualTo(FIRST);
            assertThat(change.after().orElseThrow().rows())
                    .isEqualTo(change.before().rows())
                    .isPositive();
        });
        appendMore();
        assertThat(loader.load().rows()).isEqualTo(EVENTS);
        assertThat(contents()).hasSize(before.size() + EVENTS + 1).containsAll(before);
    }

    @Test
    void keepsRowsOfOtherHoursOfTheSameOffsets() throws IOException {
        loader.compact(step -> {});
        // Late records of the first hour between records of others.
        for (int i = 0; i < 10; i++) {
            appendBroken(START_MS + i % 2 * HOUR_MS);
            AccessLog.append(cluster, registry, 4, SEED + i);
        }
        loader.load(ACCEPT_ERRORS);
        List<String> before = contents();

        reload(FIRST_HOUR);
        assertThat(contents()).isEqualTo(before);

        loader.compact(step -> {});
        reload(new ReloadRange.Hours(FIRST, SECOND));
        assertThat(contents()).isEqualTo(before);
        assertThat(loader.load().rows()).isZero();
    }

    @Test
    void restoresFilesThatAreGoneOrDamaged() throws IOException {
        List<String> before = contents();
        List<DataFile> files = files(TableKind.ROWS, FIRST);
        loader.store.delete(loader.layout().file(files.get(0)));
        Path damaged = loader.layout().file(files.get(1));
        loader.store.delete(damaged);
        loader.store.write(damaged, "not Parquet".getBytes(StandardCharsets.UTF_8));

        ReloadResult result = reload(FIRST_HOUR);

        assertThat(result.damaged())
                .containsExactly(files.get(0).name(), files.get(1).name());
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void refusesToGuessWhatADamagedFileOfAnotherHourHas() throws IOException {
        int id = registry.register(SchemaRegistryClient.valueSubject(AccessLog.TOPIC), AccessLog.SCHEMA);
        for (long timeMs : new long[] {START_MS, START_MS + HOUR_MS, START_MS}) {
            cluster.append(AccessLog.P0, timeMs, AccessLog.value(id, AccessLog.event(AccessLog.SCHEMA, timeMs, 200)));
        }
        loader.load();
        List<DataFile> ofHour = files(TableKind.ROWS, SECOND);
        loader.store.delete(loader.layout().file(ofHour.get(ofHour.size() - 1)));

        assertThatThrownBy(() -> reload(FIRST_HOUR))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot tell which records to leave out")
                .hasMessageContaining("Reload the hour " + SECOND.hourText());
        assertThat(state().sequence()).isEqualTo(LOADS + 1);
        // Together, nothing has to be guessed.
        reload(new ReloadRange.Hours(FIRST, SECOND));
        assertThat(contents()).hasSize(LOADS * (EVENTS + 1) + 3);
    }

    @Test
    void recordsGoToTheHourWhereTheyBelongByNow() throws IOException {
        // Their timestamps are in the first hour, their event times in the third.
        for (int i = 0; i < 5; i++) {
            GenericRecord event = AccessLog.event(AccessLog.GROWN, START_MS + 2 * HOUR_MS + i, 200);
            event.put("method", "PUT");
            cluster.append(AccessLog.P0, START_MS, AccessLog.value(2, event));
        }
        loader.load(ACCEPT_ERRORS);
        assertThat(loader.liveRows(TableKind.ERRORS)).hasSize(LOADS + 5);
        registry.register(SchemaRegistryClient.valueSubject(AccessLog.TOPIC), AccessLog.GROWN);

        ReloadResult result = reload(FIRST_HOUR);

        assertThat(contents()).hasSize(LOADS * (EVENTS + 1) + 5);
        assertThat(loader.liveRows(TableKind.ERRORS)).hasSize(LOADS);
        assertThat(result.hours()).hasSize(3).anySatisfy(change -> {
            assertThat(change.hour()).isEqualTo(PathPartition.of(START_MS + 2 * HOUR_MS));
            assertThat(change.after().orElseThrow().rows())
                    .isEqualTo(change.before().rows() + 5);
        });
        // A reload of that hour finds them there, and gives its rows the columns of the newest schema.
        PathPartition third = PathPartition.of(START_MS + 2 * HOUR_MS);
        reload(new ReloadRange.Hours(third, third));
        assertThat(contents()).hasSize(LOADS * (EVENTS + 1) + 5);
        assertThat(loader.liveRows(TableKind.ROWS))
                .filteredOn(row -> row.get("event_time").toString().startsWith("2015-05-17T12"))
                .isNotEmpty()
                .allMatch(row -> row.hasField("method"));
    }

    @Test
    void anHourWhoseRecordsAllGoElsewhereHasNoFiles() throws IOException {
        PathPartition late = PathPartition.of(START_MS + 50 * HOUR_MS);
        GenericRecord event = AccessLog.event(AccessLog.GROWN, START_MS, 200);
        event.put("method", "PUT");
        cluster.append(AccessLog.P0, START_MS + 50 * HOUR_MS, AccessLog.value(2, event));
        loader.load(ACCEPT_ERRORS);
        registry.register(SchemaRegistryClient.valueSubject(AccessLog.TOPIC), AccessLog.GROWN);

        reload(new ReloadRange.Hours(late, late));

        assertThat(files(TableKind.ERRORS, late)).isEmpty();
        assertThat(contents()).hasSize(LOADS * (EVENTS + 1) + 1);
        appendBroken(START_MS + 50 * HOUR_MS);
        loader.load(ACCEPT_ERRORS);
        assertThat(contents()).hasSize(LOADS * (EVENTS + 1) + 2);
    }

    @Test
    void replacesTheFilesOfOffsetsAndCopiesThoseBesideThem() throws IOException {
        List<String> before = contents();
        long sequence = state().sequence();
        // All of the second load's records of partition 0: offsets 20 to 39. The error is in partition 1.
        ReloadResult result = reload(new ReloadRange.Offsets(0, EVENTS / 2 + 5, EVENTS - 5));

        assertThat(contents()).isEqualTo(before);
        assertThat(result.ranges()).allSatisfy(range -> {
            assertThat(range.topicPartition()).isEqualTo(AccessLog.P0);
            assertThat(range.from()).isGreaterThanOrEqualTo(EVENTS / 2);
            assertThat(range.to()).isLessThanOrEqualTo(EVENTS);
        });
        assertThat(state().generation(TableKind.ERRORS, FIRST)).isZero();
        assertThat(state().generation(TableKind.ROWS, FIRST)).isEqualTo(sequence + 1);
        assertThat(loader.sums().sums()).isNotEmpty();
    }

    @Test
    void refusesOffsetsThatAreNotLoaded() {
        assertThatThrownBy(() -> reload(new ReloadRange.Offsets(0, 10, 60)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("offsets 10 to 60 of partition 0")
                .hasMessageContaining("below 60");
        assertThatThrownBy(() -> reload(new ReloadRange.Offsets(7, 0, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("partition 7");
    }

    @Test
    void refusesRecordsThatRetentionDeleted() throws IOException {
        List<String> before = contents();
        cluster.retainFrom(AccessLog.P0, 3);

        assertThatThrownBy(() -> reload(FIRST_HOUR))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "retention deleted records that would be loaded again: offsets 0 to 2 of access-log-0");
        assertNothingChanged(before, LOADS);
        // All of the second hour is still there, though its files begin in the same load.
        reload(new ReloadRange.Hours(SECOND, SECOND));
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void refusesADamagedFileWhoseRecordsRetentionMayHaveDeleted() throws IOException {
        DataFile file = files(TableKind.ROWS, FIRST).get(0);
        loader.store.delete(loader.layout().file(file));
        cluster.retainFrom(AccessLog.P0, 1);

        assertThatThrownBy(() -> reload(FIRST_HOUR))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("offsets 0 to 0 of access-log-0");
        assertThat(state().sequence()).isEqualTo(LOADS);
    }

    @Test
    void refusesRecordsThatCompactionRemoved() throws IOException {
        List<String> before = contents();
        cluster.compactAway(AccessLog.P0, 1);

        assertThatThrownBy(() -> reload(FIRST_HOUR))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no longer have records")
                .hasMessageContaining("offsets 1 to 1 of access-log-0");
        assertThat(contents()).isEqualTo(before);
        assertThat(state().sequence()).isEqualTo(LOADS);
    }

    @Test
    void aDryRunChangesNothing() throws IOException {
        List<String> before = contents();

        ReloadResult result = loader.dryReload(FIRST_HOUR);

        assertThat(result.hours()).hasSize(2).allMatch(change -> change.after().isEmpty());
        assertThat(result.hours().get(0).before().count())
                .isEqualTo(files(TableKind.ROWS, FIRST).size());
        assertThat(result.ranges()).isNotEmpty();
        assertNothingChanged(before, LOADS);
        cluster.retainFrom(AccessLog.P0, 3);
        assertThatThrownBy(() -> loader.dryReload(FIRST_HOUR)).hasMessageContaining("offsets 0 to 2");
    }

    @Test
    void hoursWithoutFilesNeedNoWork() throws IOException {
        PathPartition other = PathPartition.of(0);

        assertThat(reload(new ReloadRange.Hours(other, other)).hours()).isEmpty();

        assertThat(state().sequence()).isEqualTo(LOADS);
    }

    @Test
    void refusesATopicThatWasCreatedAgain() throws IOException {
        List<String> before = contents();
        cluster.recreate(AccessLog.TOPIC);
        appendMore();
        appendMore();
        appendMore();
        appendMore();

        assertThatThrownBy(() -> reload(FIRST_HOUR)).isInstanceOf(TopicReplacedException.class);

        assertNothingChanged(before, LOADS);
    }

    @Test
    void keepsTheRowsOfAFormerTopic() throws IOException {
        cluster.recreate(AccessLog.TOPIC);
        appendMore();
        loader.load(ACCEPT_NEW_TOPIC);
        List<String> before = rowsOfBothTopics();
        assertThat(before).hasSize((LOADS + 1) * (EVENTS + 1));

        reload(FIRST_HOUR);
        assertThat(rowsOfBothTopics()).isEqualTo(before);
        reload(new ReloadRange.Offsets(0, 3, 4));
        assertThat(rowsOfBothTopics()).isEqualTo(before);

        loader.compact(step -> {});
        assertThatThrownBy(() -> reload(FIRST_HOUR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("may have records of a former topic");
        assertThat(rowsOfBothTopics()).isEqualTo(before);
    }

    /** Two topics have the same offsets. */
    private List<String> rowsOfBothTopics() throws IOException {
        List<String> rows = new ArrayList<>();
        for (TableKind table : TableKind.values()) {
            loader.liveRows(table).forEach(row -> rows.add(row.toString()));
        }
        catalog.assertReadsTheLiveFiles(loader);
        return rows.stream().sorted().toList();
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
        List<String> before = contents();
        int[] left = {occurrence};
        assertThatThrownBy(() -> reload(FIRST_HOUR, step -> {
                    if (step == last && --left[0] == 0) {
                        throw new Crash();
                    }
                }))
                .isInstanceOf(Crash.class);
        appendMore();

        loader.load(ACCEPT_ERRORS);

        List<String> after = contents();
        assertThat(after).hasSize(before.size() + EVENTS + 1).containsAll(before);
        reload(FIRST_HOUR);
        assertThat(contents()).isEqualTo(after);
    }

    @Test
    void aRunThatAnotherRunFencedCommitsNothing() throws IOException {
        List<String> before = contents();
        assertThatThrownBy(() -> reload(FIRST_HOUR, step -> {
                    if (step == CommitStep.MANIFEST_STAGED) {
                        reloadFromElsewhere();
                    }
                }))
                .isInstanceOf(CommitConflictException.class);
        assertThat(contents()).isEqualTo(before);
        assertThat(state().sequence()).isEqualTo(LOADS + 1);
    }

    private void reloadFromElsewhere() {
        try {
            reload(FIRST_HOUR);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
