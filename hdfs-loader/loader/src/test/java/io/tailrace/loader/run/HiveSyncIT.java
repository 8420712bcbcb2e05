package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.SilentPort;
import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.hive.MetastoreCatalog;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real metastore that is away while rows are committed, and is given all hours later. */
class HiveSyncIT {
    private static final int EVENTS = 60;
    private static final String COUNT = "select count(*) a from access_log";
    private static final String STATISTICS = "describe formatted access_log partition (dt='2015-05-17', hr='10')";

    private static HiveProcess hive;

    private final FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
    private final FakeRegistry registry = new FakeRegistry();

    @BeforeAll
    static void start(@TempDir Path dir) throws IOException {
        hive = new HiveProcess(dir);
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

    private static TableCatalog catalog(URI metastore) {
        return new MetastoreCatalog(List.of(metastore), "default");
    }
}
