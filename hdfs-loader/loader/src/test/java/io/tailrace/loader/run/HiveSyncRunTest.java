package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HiveSyncRunTest {
    private static final int EVENTS = 60;

    private final FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
    private final FakeRegistry registry = new FakeRegistry();
    private final FakeCatalog catalog = new FakeCatalog();
    private Path root;
    private TestLoader loader;

    @BeforeEach
    void open(@TempDir java.nio.file.Path dir) throws IOException {
        root = new Path(dir.toUri());
        loader = new TestLoader(root, new Configuration(), cluster, registry);
        AccessLog.append(cluster, registry, EVENTS, 1);
        cluster.append(AccessLog.P0, AccessLog.START.toEpochMilli(), new byte[] {1});
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    private HiveSyncRun sync() {
        return new HiveSyncRun(loader.store, catalog, root, AccessLog.TOPIC, () -> {});
    }

    @Test
    void registersTheHoursThatWereLoadedAndMergedBeforeThereWasACatalog() throws IOException {
        loader.catalog(TableCatalog.NONE).load();
        AccessLog.append(cluster, registry, EVENTS, 1);
        loader.load();
        loader.compact(step -> {});

        HiveSyncRun.Result result = sync().run();

        int hours = loader.liveFiles(TableKind.ROWS).size();
        assertThat(result).isEqualTo(new HiveSyncRun.Result(AccessLog.TOPIC, hours, 2 * EVENTS, 1));
        catalog.assertReadsTheLiveFiles(loader);
    }

    @Test
    void registersTheHoursAgainThatTheCatalogHasLost() throws IOException {
        loader.catalog(catalog).load();
        catalog.clear();

        sync().run();

        catalog.assertReadsTheLiveFiles(loader);
    }

    @Test
    void aCatalogThatIsAwayIsNamedAndTheNextRunRegistersWhatWasCommitted() throws IOException {
        loader.catalog(catalog.away(true));

        LoadResult result = loader.load();

        assertThat(result.rows()).isEqualTo(EVENTS);
        assertThat(result.failures()).extracting(Publisher.Failure::name).containsExactly("hive");
        assertThat(result.failures().get(0).cause()).hasMessage("metastore thrift://away:9083 did not answer");
        assertThat(loader.positions(TableKind.ROWS)).hasSize(EVENTS);
        assertThatThrownBy(() -> sync().run()).hasMessage("metastore thrift://away:9083 did not answer");

        catalog.away(false);
        assertThat(loader.load().failures()).isEmpty();
        catalog.assertReadsTheLiveFiles(loader);
        assertThat(loader.positions(TableKind.ROWS)).hasSize(EVENTS).doesNotHaveDuplicates();
    }

    @Test
    void findsTheTopicsBelowTheOutput() throws IOException {
        assertThat(HiveSyncRun.topics(loader.store, root)).isEmpty();
        loader.load();
        loader.store.makeFolder(new Path(root, "_tailrace/never-committed/staging"));

        assertThat(HiveSyncRun.topics(loader.store, root)).isEqualTo(List.of(AccessLog.TOPIC));
        assertThatThrownBy(() -> new HiveSyncRun(loader.store, catalog, root, "typo", () -> {}).run())
                .hasMessageContaining("nothing of topic typo is loaded")
                .hasMessageContaining("Check --topic and output.path");
    }
}
