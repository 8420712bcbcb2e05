package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.commit.CommitListener;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.CommitStep;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.table.FileAudit;
import io.tailrace.loader.table.TableKind;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What retries of errors keep, on any file system. */
abstract class RetryErrorsContract {
    private static final long SEED = 12;
    private static final int EVENTS = 40;
    private static final long HOUR_MS = 3_600_000;
    private static final long START_MS = AccessLog.START.toEpochMilli();
    private static final String SUBJECT = SchemaRegistryClient.valueSubject(AccessLog.TOPIC);
    private static final LoadChoices ACCEPT_ERRORS = new LoadChoices(Plan.OnGap.FAIL, false, true);

    /** The id that the registry gives to the schema that is missing at first. */
    private static final int GROWN_ID = 2;

    /** A folder that no other test uses. */
    abstract Path root() throws IOException;

    abstract Configuration hadoop();

    private final FakeCatalog catalog = new FakeCatalog();
    private FakeCluster cluster = new FakeCluster();
    private FakeRegistry registry = new FakeRegistry();
    private TestLoader loader;

    @BeforeEach
    void open() throws IOException {
        cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
        registry = new FakeRegistry();
        loader = new TestLoader(root(), hadoop(), cluster, registry).catalog(catalog);
        AccessLog.append(cluster, registry, EVENTS, SEED);
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    /** Appends records of a schema that the registry does not have yet, to both partitions, in three hours. */
    private void appendWithoutSchema(int count) {
        for (int i = 0; i < count; i++) {
            long timeMs = START_MS + i % 3 * HOUR_MS + i;
            GenericRecord event = AccessLog.event(AccessLog.GROWN, timeMs, 200);
            event.put("method", "PUT");
            cluster.append(i % 2 == 0 ? AccessLog.P0 : AccessLog.P1, timeMs, AccessLog.value(GROWN_ID, event));
        }
    }

    /** A record that never decodes. */
    private void appendBroken(long timeMs) {
        cluster.append(AccessLog.P1, timeMs, "not framed".getBytes(StandardCharsets.UTF_8));
    }

    private void registerMissingSchema() {
        assertThat(registry.register(SUBJECT, AccessLog.GROWN)).isEqualTo(GROWN_ID);
    }

    private LoadResult retry() throws IOException {
        return retry(step -> {});
    }

    private LoadResult retry(CommitListener listener) throws IOException {
        LoadResult result = loader.retryErrors(listener);
        assertThat(result.failures()).isEmpty();
        return result;
    }

    private TopicState state() throws IOException {
        return new CommitLog(loader.store, loader.layout()).state();
    }

    private void assertRows(int rows, int errors) throws IOException {
        assertThat(TestLoader.positions(loader.liveRows(TableKind.ROWS)))
                .hasSize(rows)
                .doesNotHaveDuplicates();
        assertThat(TestLoader.positions(loader.liveRows(TableKind.ERRORS)))
                .hasSize(errors)
                .doesNotHaveDuplicates();
        catalog.assertReadsTheLiveFiles(loader);
    }

    @Test
    void loadsWhatDecodesByNow() throws IOException {
        appendWithoutSchema(9);
        loader.load(ACCEPT_ERRORS);
        assertRows(EVENTS, 9);
        registerMissingSchema();

        LoadResult result = retry();

        assertThat(result.rows()).isEqualTo(9);
        assertThat(result.errors()).isZero();
        assertRows(EVENTS + 9, 0);
        assertThat(loader.liveRows(TableKind.ROWS).stream()
                        .filter(row -> row.hasField("method"))
                        .map(row -> row.get("method").toString()))
                .hasSize(9)
                .containsOnly("PUT");
        assertThat(loader.store.names(loader.layout().staging())).isEmpty();
    }

    @Test
    void aSecondRunFindsNothing() throws IOException {
        appendWithoutSchema(9);
        loader.load(ACCEPT_ERRORS);
        registerMissingSchema();
        retry();
        long sequence = state().sequence();

        assertThat(retry()).isEqualTo(new LoadResult(AccessLog.TOPIC, 0, 0, 0, 0, List.of()));

        assertThat(state().sequence()).isEqualTo(sequence);
        assertRows(EVENTS + 9, 0);
    }

    @Test
    void whatDoesNotDecodeStaysInItsHour() throws IOException {
        appendWithoutSchema(9);
        appendBroken(START_MS);
        appendBroken(START_MS + 10 * HOUR_MS);
        loader.load(ACCEPT_ERRORS);
        List<Path> before = loader.liveFiles(TableKind.ERRORS);
        registerMissingSchema();

        LoadResult result = retry();

        assertThat(result.rows()).isEqualTo(9);
        assertThat(result.errors()).isEqualTo(2);
        assertRows(EVENTS + 9, 2);
        assertThat(loader.liveRows(TableKind.ERRORS))
                .extracting(row -> row.get("record_time"))
                .containsExactlyInAnyOrder(AccessLog.START, AccessLog.START.plusMillis(10 * HOUR_MS));
        // Nothing of the later hour decodes, so its file is the same.
        assertThat(loader.liveFiles(TableKind.ERRORS))
                .hasSize(2)
                .filteredOn(before::contains)
                .hasSize(1);
    }

    @Test
    void changesNothingIfNothingDecodes() throws IOException {
        appendWithoutSchema(9);
        loader.load(ACCEPT_ERRORS);
        List<Path> before = loader.liveFiles(TableKind.ERRORS);

        LoadResult result = retry();

        assertThat(result).isEqualTo(new LoadResult(AccessLog.TOPIC, 0, 9, 0, 0, List.of()));
        assertThat(loader.liveFiles(TableKind.ERRORS)).isEqualTo(before);
        assertThat(state().sequence()).isEqualTo(1);
        assertThat(loader.store.names(loader.layout().staging())).isEmpty();
    }

    @Test
    void sumsTheContentsAsALoadDoes() throws IOException {
        appendWithoutSchema(9);
        loader.load(ACCEPT_ERRORS);
        registerMissingSchema();
        retry();
        FileAudit retried = loader.sums();

        try (TestLoader other = new TestLoader(new Path(loader.root, "other"), hadoop(), cluster, registry)) {
            other.load();
            assertThat(other.liveRows(TableKind.ROWS)).hasSize(EVENTS + 9);
            assertThat(retried).isEqualTo(other.sums());
        }
    }

    @Test
    void retriesMergedFilesAndKeepsLaterErrors() throws IOException {
        appendWithoutSchema(9);
        loader.load(ACCEPT_ERRORS);
        appendBroken(START_MS);
        appendWithoutSchema(6);
        loader.load(ACCEPT_ERRORS);
        loader.compact(step -> {});
        assertThat(loader.liveFiles(TableKind.ERRORS)).hasSize(3);
        registerMissingSchema();

        assertThat(retry().rows()).isEqualTo(15);

        assertRows(EVENTS + 15, 1);
        // Late errors of an hour whose former files are still on disk.
        appendBroken(START_MS);
        appendBroken(START_MS + HOUR_MS);
        loader.load(ACCEPT_ERRORS);
        assertRows(EVENTS + 15, 3);
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
        appendWithoutSchema(9);
        appendBroken(START_MS);
        loader.load(ACCEPT_ERRORS);
        registerMissingSchema();
        int[] left = {occurrence};
        assertThatThrownBy(() -> retry(step -> {
                    if (step == last && --left[0] == 0) {
                        throw new Crash();
                    }
                }))
                .isInstanceOf(Crash.class);
        AccessLog.append(cluster, registry, EVENTS, SEED);

        loader.load();

        boolean isCommitted = last.compareTo(CommitStep.MANIFEST_PUBLISHED) >= 0;
        assertRows(2 * EVENTS + (isCommitted ? 9 : 0), isCommitted ? 1 : 10);
        retry();
        assertRows(2 * EVENTS + 9, 1);
    }

    @Test
    void aRunThatAnotherRunFencedCommitsNothing() throws IOException {
        appendWithoutSchema(9);
        loader.load(ACCEPT_ERRORS);
        registerMissingSchema();

        assertThatThrownBy(() -> retry(step -> {
                    if (step == CommitStep.MANIFEST_STAGED) {
                        retryFromElsewhere();
                    }
                }))
                .isInstanceOf(CommitConflictException.class);

        assertRows(EVENTS + 9, 0);
    }

    private void retryFromElsewhere() {
        try {
            retry();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anUnreachableRegistryStopsTheRun() throws IOException {
        appendWithoutSchema(9);
        loader.load(ACCEPT_ERRORS);
        registerMissingSchema();
        registry.stopAfter(1);

        assertThatThrownBy(this::retry).isInstanceOf(SchemaRegistryException.class);

        assertThat(state().sequence()).isEqualTo(1);
        assertRows(EVENTS, 9);
    }

    @Test
    void loadsErrorsOfATopicThatHadNoSchema() throws IOException {
        FakeRegistry empty = new FakeRegistry();
        try (TestLoader fresh = new TestLoader(new Path(loader.root, "fresh"), hadoop(), cluster, empty)) {
            fresh.load(ACCEPT_ERRORS);
            assertThat(fresh.liveRows(TableKind.ERRORS)).hasSize(EVENTS);
            empty.register("some.other.Name", AccessLog.SCHEMA);

            assertThat(fresh.retryErrors(step -> {}).rows()).isEqualTo(EVENTS);

            assertThat(fresh.liveRows(TableKind.ROWS)).hasSize(EVENTS).allMatch(row -> row.hasField("status"));
        }
    }

    @Test
    void refusesAFileWithOtherRowsThanWereCommitted() throws IOException {
        appendWithoutSchema(9);
        appendBroken(START_MS);
        loader.load(ACCEPT_ERRORS);
        registerMissingSchema();
        var files = state().hours(TableKind.ERRORS).values().stream()
                .flatMap(hour -> hour.files().stream())
                .toList();
        Path damaged = loader.layout().file(files.get(0));
        Path other = loader.layout().file(files.get(files.size() - 1));
        assertThat(files.get(0).rows()).isNotEqualTo(files.get(files.size() - 1).rows());
        byte[] bytes = loader.store.read(other);
        loader.store.delete(damaged);
        loader.store.write(damaged, bytes);

        assertThatThrownBy(this::retry)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(damaged.toString())
                .hasMessageContaining("rows as committed");
        assertThat(state().sequence()).isEqualTo(1);
    }
}
