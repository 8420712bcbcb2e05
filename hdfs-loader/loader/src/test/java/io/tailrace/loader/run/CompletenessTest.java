package io.tailrace.loader.run;

import static io.tailrace.loader.run.AuditedTopic.HOUR_MS;
import static io.tailrace.loader.run.AuditedTopic.START_MS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tailrace.client.ClientException;
import io.tailrace.loader.audit.SharedReports;
import io.tailrace.loader.audit.Verdict;
import io.tailrace.loader.commit.CommitListener;
import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.hours.Completeness;
import io.tailrace.loader.hours.HourVerdict;
import io.tailrace.loader.hours.HourVerdicts;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.PublishedHour;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableDefinition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.schemas.audit.ContentSum;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletenessTest {
    private static final PathPartition HOUR = PathPartition.of(START_MS);
    private static final PathPartition NEXT_HOUR = PathPartition.of(START_MS + HOUR_MS);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The parameters of path partitions; those of a table that was never published do not exist. */
    private static final class Catalog implements TableCatalog {
        final SortedMap<PathPartition, String> complete = new TreeMap<>();
        boolean isAway;

        @Override
        public void check(TableDefinition table) {}

        @Override
        public void publish(TableDefinition table, SortedMap<PathPartition, PublishedHour> hours) {}

        @Override
        public void setParameter(TableDefinition table, String key, SortedMap<PathPartition, Optional<String>> values)
                throws IOException {
            if (isAway) {
                throw new IOException("the metastore is away");
            }
            assertThat(table.name() + " " + key).isEqualTo("access_log tailrace.complete");
            values.forEach((hour, value) ->
                    value.ifPresentOrElse(text -> complete.put(hour, text), () -> complete.remove(hour)));
        }

        @Override
        public void close() {}
    }

    private final Catalog catalog = new Catalog();
    private final List<String> records = new ArrayList<>();
    private AuditedTopic topic;
    private AbortCheck abort = () -> {};
    private Set<String> withoutHosts = Set.of();
    private Optional<CompleteHourMerge> merge = Optional.empty();

    @BeforeEach
    void open(@TempDir java.nio.file.Path dir) throws IOException {
        topic = new AuditedTopic(new Path(dir.toUri()));
        topic.loader.catalog(catalog);
    }

    @AfterEach
    void close() throws IOException {
        topic.close();
    }

    private List<Publisher.Failure> load() throws IOException {
        return run().run().failures();
    }

    private MarkedRun run() {
        Completeness.Dependencies dependencies = new Completeness.Dependencies(
                topic.services(),
                catalog,
                (name, verdicts) -> {
                    for (HourVerdict verdict : verdicts) {
                        records.add(name + "/" + verdict.hour().hourText() + " " + verdict.verdict() + " "
                                + verdict.rows().count());
                    }
                },
                () -> abort.throwIfAborted(),
                InstantSource.fixed(TestLoader.NOW));
        SharedReports reports =
                new SharedReports(AuditedTopic.NAMES, Set.of(AccessLog.TOPIC), withoutHosts, topic.services());
        Completeness completeness = new Completeness(topic.loader.root, AccessLog.TOPIC, dependencies, reports);
        return new MarkedRun(topic.loader.run(LoadChoices.NONE), completeness, merge);
    }

    private Optional<JsonNode> mark(PathPartition hour) throws IOException {
        Path file = topic.loader.layout().complete(hour);
        return topic.loader.store.exists(file)
                ? Optional.of(JSON.readTree(topic.loader.store.read(file)))
                : Optional.empty();
    }

    private Optional<HourVerdict> verdict(PathPartition hour) throws IOException {
        return new HourVerdicts(topic.loader.store, topic.loader.layout()).of(hour);
    }

    private ContentSum loadCompleteHour() throws IOException {
        ContentSum sum = topic.send(30, START_MS);
        topic.report(sum, START_MS, START_MS + HOUR_MS);
        assertThat(load()).isEmpty();
        return sum;
    }

    @Test
    void aCompleteHourGetsItsMarkParameterAndRecord() throws IOException {
        ContentSum sum = loadCompleteHour();

        JsonNode mark = mark(HOUR).orElseThrow();
        assertThat(mark.path("rows").asLong()).isEqualTo(30);
        assertThat(mark.path("sum").asText()).isEqualTo(sum.toString());
        assertThat(mark.at("/hosts/web1/acknowledged").asLong()).isEqualTo(30);
        assertThat(mark.at("/hosts/web1/read").asLong()).isEqualTo(31);
        assertThat(mark.path("commit").asLong()).isEqualTo(1);
        assertThat(catalog.complete).containsExactlyEntriesOf(new TreeMap<>(Map.of(HOUR, "true")));
        assertThat(records).containsExactly("access-log/2015-05-17T10 COMPLETE 30");
    }

    @Test
    void saysNothingTwice() throws IOException {
        loadCompleteHour();

        assertThat(load()).isEmpty();
        assertThat(load()).isEmpty();

        assertThat(records).hasSize(1);
    }

    @Test
    void anHourIsNotCompleteBeforeAllAgentsHaveReadIt() throws IOException {
        topic.report(topic.send(30, START_MS), START_MS, START_MS + HOUR_MS);
        topic.readUpTo("web2", START_MS + HOUR_MS - 1);

        assertThat(load()).isEmpty();
        assertThat(mark(HOUR)).isEmpty();
        assertThat(records).isEmpty();

        topic.readUpTo("web2", START_MS + HOUR_MS);
        assertThat(load()).isEmpty();
        assertThat(records).containsExactly("access-log/2015-05-17T10 COMPLETE 30");
    }

    @Test
    void doesNotWaitForAHostThatIsLeftOut() throws IOException {
        topic.readUpTo("web2", START_MS);
        withoutHosts = Set.of("web2");

        loadCompleteHour();

        assertThat(records).containsExactly("access-log/2015-05-17T10 COMPLETE 30");
    }

    @Test
    void aLateRecordTakesTheMarkBackUntilItIsCounted() throws IOException {
        loadCompleteHour();
        ContentSum late = topic.send(1, START_MS);

        assertThat(load()).isEmpty();

        assertThat(mark(HOUR)).isEmpty();
        assertThat(catalog.complete).isEmpty();
        assertThat(verdict(HOUR).orElseThrow().detail()).isEqualTo("host web1: EXTRA, 1 records too many");

        topic.report(late, START_MS, START_MS + HOUR_MS);
        assertThat(load()).isEmpty();

        assertThat(mark(HOUR).orElseThrow().path("rows").asLong()).isEqualTo(31);
        assertThat(catalog.complete).containsKey(HOUR);
        assertThat(records)
                .containsExactly(
                        "access-log/2015-05-17T10 COMPLETE 30",
                        "access-log/2015-05-17T10 EXTRA 31",
                        "access-log/2015-05-17T10 COMPLETE 31");
    }

    @Test
    void aRecordThatWasCountedAndIsNotThereTakesTheMarkBack() throws IOException {
        ContentSum sum = loadCompleteHour();

        topic.report(new ContentSum(1, sum.high(), sum.low()), START_MS, START_MS + HOUR_MS);
        assertThat(load()).isEmpty();

        assertThat(mark(HOUR)).isEmpty();
        assertThat(records).last().isEqualTo("access-log/2015-05-17T10 MISSING 30");
    }

    @Test
    void anHourWithoutRecordsIsCompleteOnceAllAgentsHaveReadIt() throws IOException {
        loadCompleteHour();

        topic.readUpTo("web1", START_MS + 2 * HOUR_MS);
        assertThat(load()).isEmpty();

        assertThat(mark(NEXT_HOUR).orElseThrow().path("rows").asLong()).isZero();
        assertThat(records).last().isEqualTo("access-log/2015-05-17T11 COMPLETE 0");
    }

    @Test
    void aMergeKeepsTheMarkAlsoWhenCountsAreDeletedAndAnAgentIsNew() throws IOException {
        ContentSum sum = topic.send(30, START_MS);
        topic.loader.load();
        topic.report(sum.plus(topic.send(2, START_MS + 1_000)), START_MS, START_MS + HOUR_MS);
        assertThat(load()).isEmpty();
        topic.cluster.retainFrom(AuditedTopic.COUNTS, 1);
        topic.readUpTo("web2", 0);

        topic.loader.compact(step -> {});
        assertThat(load()).isEmpty();

        assertThat(verdict(HOUR)).map(HourVerdict::verdict).contains(Verdict.COMPLETE);
        assertThat(records).hasSize(1);
    }

    @Test
    void theSmallFilesOfACompleteHourAreMerged() throws IOException {
        mergeCompleteHours(step -> {});
        ContentSum first = topic.send(5, START_MS);
        assertThat(load()).isEmpty();
        topic.report(first.plus(topic.send(5, START_MS)), START_MS, START_MS + HOUR_MS - 1);
        topic.send(5, START_MS + HOUR_MS);
        assertThat(load()).isEmpty();
        assertThat(filesOf("hr=10")).as("not complete").isGreaterThan(1);

        topic.readUpTo("web1", START_MS + HOUR_MS);
        assertThat(load()).isEmpty();

        assertThat(filesOf("hr=10")).isEqualTo(1);
        assertThat(filesOf("hr=11")).isGreaterThan(1);
        assertThat(topic.loader.liveRows(TableKind.ROWS)).hasSize(15);
        assertThat(load()).isEmpty();
        assertThat(mark(HOUR).orElseThrow().path("rows").asLong()).isEqualTo(10);
        assertThat(records).hasSize(1);
    }

    @Test
    void aMergeThatFailsIsReportedAndTriedAgainByTheNextLoad() throws IOException {
        boolean[] isFull = {true};
        mergeCompleteHours(step -> {
            if (isFull[0]) {
                throw new IllegalStateException("no space left");
            }
        });
        ContentSum first = topic.send(5, START_MS);
        assertThat(load()).isEmpty();
        topic.report(first.plus(topic.send(5, START_MS)), START_MS, START_MS + HOUR_MS);

        TopicOutcome outcome = new TopicLoad(AccessLog.TOPIC, run(), new Retries(3, 1, pause -> {}, () -> 0)).load();

        assertThat(outcome.problems())
                .containsExactly(
                        "the rows are loaded, but merging the files of complete hours, or deleting replaced ones,"
                                + " failed: no space left. No row is lost; the next load tries again");
        assertThat(mark(HOUR)).isPresent();
        assertThat(topic.loader.liveRows(TableKind.ROWS)).hasSize(10);

        isFull[0] = false;
        assertThat(load()).isEmpty();
        assertThat(filesOf("hr=10")).isEqualTo(1);
    }

    private void mergeCompleteHours(CommitListener listener) {
        merge = Optional.of(new CompleteHourMerge(
                topic.loader.compactRun(listener), new HourVerdicts(topic.loader.store, topic.loader.layout())));
    }

    private long filesOf(String folder) throws IOException {
        return topic.loader.liveFiles(TableKind.ROWS).stream()
                .filter(file -> file.getParent().getName().equals(folder))
                .count();
    }

    @Test
    void hiveSyncSetsTheParameterThatACatalogHasLost() throws IOException {
        loadCompleteHour();
        catalog.complete.clear();

        new HiveSyncRun(topic.loader.store, catalog, topic.loader.root, AccessLog.TOPIC, () -> {}).run();

        assertThat(catalog.complete).containsOnly(Map.entry(HOUR, "true"));
    }

    @Test
    void aFailureIsReportedAndRepeated() throws IOException {
        catalog.isAway = true;
        topic.report(topic.send(30, START_MS), START_MS, START_MS + HOUR_MS);

        assertThat(load()).extracting(Publisher.Failure::name).containsExactly("completeness");
        assertThat(records).isEmpty();

        catalog.isAway = false;
        assertThat(load()).isEmpty();
        assertThat(records).containsExactly("access-log/2015-05-17T10 COMPLETE 30");
    }

    @Test
    void reportsThatCouldNotBeReadBeforeTheLoadAreReadAfterIt() throws IOException {
        long[] nanos = {0};
        topic.nanoTime = () -> nanos[0] += Duration.ofSeconds(11).toNanos();
        topic.report(topic.send(30, START_MS), START_MS, START_MS + HOUR_MS);
        topic.cluster.failOffsets(1, () -> new ClientException(ErrorCode.LEADER_NOT_AVAILABLE, "no leader"));

        assertThat(load()).isEmpty();

        assertThat(records).containsExactly("access-log/2015-05-17T10 COMPLETE 30");
    }

    @Test
    void aTopicThatNoAgentSendsToHasNoVerdicts() throws IOException {
        topic.send(30, START_MS);

        assertThat(load()).isEmpty();

        assertThat(new HourVerdicts(topic.loader.store, topic.loader.layout()).days())
                .isEmpty();
    }

    /** The lock is checked before each step, so a crash at each check is one at each step. */
    @Test
    void aRunAfterACrashAtAnyStepLeavesTheSameMarks(@TempDir java.nio.file.Path dir) throws IOException {
        int crashes = 0;
        for (boolean crashed = true; crashed; crashes++) {
            topic.close();
            topic = new AuditedTopic(new Path(dir.resolve("run" + crashes).toUri()));
            topic.loader.catalog(catalog);
            records.clear();
            catalog.complete.clear();
            loadCompleteHour();
            ContentSum next = topic.send(5, START_MS + HOUR_MS);
            topic.send(1, START_MS);
            topic.report(next, START_MS + HOUR_MS, START_MS + 2 * HOUR_MS);

            crashed = crashes(crashes);
            abort = () -> {};
            // The next hour may be marked by now, and is no longer complete: the mark must not stay.
            ContentSum late = topic.send(1, START_MS + HOUR_MS);
            assertThat(load()).isEmpty();
            assertThat(mark(NEXT_HOUR)).as("crash %d", crashes).isEmpty();
            assertThat(catalog.complete).as("crash %d", crashes).isEmpty();

            topic.report(late, START_MS + HOUR_MS, START_MS + 2 * HOUR_MS);
            assertThat(load()).isEmpty();

            assertThat(mark(HOUR)).as("crash %d", crashes).isEmpty();
            assertThat(mark(NEXT_HOUR).orElseThrow().path("rows").asLong()).isEqualTo(6);
            assertThat(catalog.complete.keySet()).containsExactly(NEXT_HOUR);
            assertThat(records.stream().filter(record -> record.contains("T10")).toList())
                    .last()
                    .isEqualTo("access-log/2015-05-17T10 EXTRA 31");
            assertThat(records.stream().filter(record -> record.contains("T11")).toList())
                    .last()
                    .isEqualTo("access-log/2015-05-17T11 COMPLETE 6");
        }
        assertThat(crashes).isGreaterThan(6);
    }

    /** Loads, crashes at a check of the lock, and returns whether there was such a check. */
    private boolean crashes(int check) throws IOException {
        int[] left = {check};
        abort = () -> {
            if (left[0]-- == 0) {
                throw new Crash();
            }
        };
        try {
            assertThat(load()).isEmpty();
            return false;
        } catch (Crash e) {
            return true;
        }
    }
}
