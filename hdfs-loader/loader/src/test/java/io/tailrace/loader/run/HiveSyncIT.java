package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.SilentPort;
import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.hive.MetastoreCatalog;
import io.tailrace.loader.run.MetastoreGate.Cut;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableKind;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real metastore that is away, or goes away at one of a load's calls, and gets all hours later. */
class HiveSyncIT {
    private static final int EVENTS = 60;
    private static final String COUNT = "select count(*) a from access_log";
    private static final String STATISTICS = "describe formatted access_log partition (dt='2015-05-17', hr='10')";

    /** More than one request of path partitions. */
    private static final int MANY_HOURS = 600;

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private static Path dir = Path.of("");
    private static HiveProcess hive;

    private final FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
    private final FakeRegistry registry = new FakeRegistry();
    private String database = "default";

    @BeforeAll
    static void start(@TempDir Path temp) throws Exception {
        dir = temp;
        hive = new HiveProcess(dir);
        hive.sql(
                "create database away1",
                "create database away2",
                "create database away3",
                "create database away4",
                "create database away5");
    }

    @AfterAll
    static void stop() {
        hive.close();
    }

    @Test
    void aMetastoreThatWasAwayIsGivenAllHours() throws Exception {
        org.apache.hadoop.fs.Path root = new org.apache.hadoop.fs.Path(hive.hdfs() + "/sync");
        try (SilentPort silent = new SilentPort();
                TestLoader loader = new TestLoader(root, new Configuration(), cluster, registry);
                TableCatalog real = catalog(URI.create(hive.metastore()))) {
            URI away = URI.create("thrift://127.0.0.1:" + silent.port());
            AccessLog.append(cluster, registry, EVENTS, 1);
            loader.catalog(catalog(away));
            LoadResult result = loader.load();
            assertThat(result.failures()).extracting(Publisher.Failure::name).containsExactly("hive");
            assertThat(result.failures().get(0).cause()).hasMessageContaining(away + ": ");
            AccessLog.append(cluster, registry, EVENTS, 2);
            loader.load();
            loader.compact(step -> {});

            new HiveSyncRun(loader.store, real, root, AccessLog.TOPIC, () -> {}).run();

            long rows = loader.liveRows(TableKind.ROWS).stream()
                    .filter(row -> row.get("event_time").toString().startsWith("2015-05-17T10"))
                    .count();
            String[] results = hive.sql(COUNT, STATISTICS).split("\n", -1);
            assertThat(results[0]).isEqualTo("[{\"a\":" + 2 * EVENTS + "}]");
            assertThat(results[1].replaceAll("\\s+", ""))
                    .contains("/sync/access-log/_generations/")
                    .contains("\"numRows\",\"comment\":\"" + rows + "\"")
                    .contains("\"totalSize\"", "\"numFiles\"")
                    .doesNotContain("COLUMN_STATS_ACCURATE");

            AccessLog.append(cluster, registry, EVENTS, 3);
            loader.load();
            assertThat(hive.sql("set hive.compute.query.using.stats=true", COUNT))
                    .as("the metastore is still away, so its statistics are old")
                    .endsWith("[{\"a\":" + 3 * EVENTS + "}]");

            loader.catalog(real);
            assertThat(loader.load().failures()).isEmpty();
            assertThat(hive.sql(COUNT)).isEqualTo("[{\"a\":" + 3 * EVENTS + "}]");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "BEFORE, get_database,                              1, 0",
        "BEFORE, add_partitions_req,                        2, 0",
        "AFTER,  add_partitions_req,                        2, 0",
        "AFTER,  alter_partitions_with_environment_context, 1, 1"
    })
    void theNextLoadPublishesWhatAMetastoreDidNotGet(Cut cut, String call, int number, int loadsBefore)
            throws Exception {
        try (MetastoreGate gate = new MetastoreGate(URI.create(hive.metastore()));
                TestLoader loader = loader(gate, loadsBefore)) {
            gate.cutAt(cut, call, number);
            AccessLog.append(cluster, registry, MANY_HOURS, 4, MANY_HOURS);

            TopicOutcome outcome = loader.loadTopic(new Retries(2, 1, ms -> {}, () -> 0));

            assertThat(gate.wasCut()).isTrue();
            assertThat(outcome.problems())
                    .singleElement()
                    .asString()
                    .contains("the rows are committed", gate.uri().toString(), "Check that it runs");
            assertThat(loader.liveRows(TableKind.ROWS)).hasSize((loadsBefore + 1) * MANY_HOURS);
            gate.open();
            assertThat(loader.load().failures()).isEmpty();
            assertHiveHas(loader, loadsBefore + 1);
        }
    }

    @Test
    void aLoadWaitsForAMetastoreThatComesBack() throws Exception {
        try (MetastoreGate gate = new MetastoreGate(URI.create(hive.metastore()));
                TestLoader loader = loader(gate, 0)) {
            gate.cutAt(Cut.AFTER, "add_partitions_req", 2);
            AccessLog.append(cluster, registry, MANY_HOURS, 4, MANY_HOURS);

            TopicOutcome outcome = loader.loadTopic(new Retries(1, 1, ms -> gate.open(), () -> 0));

            assertThat(gate.wasCut()).isTrue();
            assertThat(outcome.problems()).isEmpty();
            assertHiveHas(loader, 1);
        }
    }

    /** Creates a loader with a database of its own, and loads. */
    private TestLoader loader(MetastoreGate gate, int loads) throws Exception {
        database = "away" + DATABASES.incrementAndGet();
        TestLoader loader = new TestLoader(
                        new org.apache.hadoop.fs.Path(dir.toUri() + database), new Configuration(), cluster, registry)
                .catalog(new MetastoreCatalog(List.of(gate.uri()), database));
        for (int i = 0; i < loads; i++) {
            AccessLog.append(cluster, registry, MANY_HOURS, 4, MANY_HOURS);
            assertThat(loader.load().failures()).isEmpty();
        }
        return loader;
    }

    /** Every hour is in Hive, with its rows and their number. */
    private void assertHiveHas(TestLoader loader, int rowsOfAnHour) throws Exception {
        long hours = loader.liveFiles(TableKind.ROWS).stream()
                .map(org.apache.hadoop.fs.Path::getParent)
                .distinct()
                .count();
        String table = database + ".access_log";
        String[] results = hive.sql(
                        "select count(*) a, count(distinct concat(dt, hr)) b from " + table,
                        "describe formatted " + table + " partition (dt='2015-05-17', hr='11')")
                .split("\n", -1);
        assertThat(results[0]).isEqualTo("[{\"a\":" + rowsOfAnHour * MANY_HOURS + ",\"b\":" + hours + "}]");
        assertThat(results[1].replaceAll("\\s+", ""))
                .contains(
                        "\"numRows\",\"comment\":\"" + rowsOfAnHour + "\"",
                        "\"numFiles\",\"comment\":\"" + rowsOfAnHour + "\"");
    }

    private static TableCatalog catalog(URI metastore) {
        return new MetastoreCatalog(List.of(metastore), "default");
    }
}
