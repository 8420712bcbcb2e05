package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ClientException;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.table.CatalogUnavailableException;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.PublishedHour;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableDefinition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicLoadTest {
    private static final int EVENTS = 20;

    private final FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
    private final FakeRegistry registry = new FakeRegistry();
    private final List<Long> pauses = new ArrayList<>();
    private final Retries retries = new Retries(3, 1_500, pauses::add, () -> 0);
    private TestLoader loader;

    @BeforeEach
    void open(@TempDir java.nio.file.Path dir) throws IOException {
        loader = new TestLoader(new Path(dir.resolve("out").toUri()), new Configuration(), cluster, registry);
        AccessLog.append(cluster, registry, EVENTS, 1);
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    /** A catalog that is away for a number of calls, or refuses the table. */
    private static final class FailingCatalog implements TableCatalog {
        private int failuresLeft;
        private int published;
        private boolean refuses;

        @Override
        public void check(TableDefinition table) throws IOException {
            if (refuses) {
                throw new IOException("Hive table " + table.name() + " has other columns");
            }
            answer();
        }

        @Override
        public void publish(TableDefinition table, SortedMap<PathPartition, PublishedHour> hours) throws IOException {
            answer();
            published++;
        }

        private void answer() throws IOException {
            if (failuresLeft-- > 0) {
                throw new CatalogUnavailableException("no metastore");
            }
        }

        @Override
        public void close() {}
    }

    @Test
    void repeatsALoadWhileAPartitionHasNoLeader() throws IOException {
        cluster.failOffsets(2, () -> new ClientException(ErrorCode.LEADER_NOT_AVAILABLE, "offsets: no leader"));

        TopicOutcome outcome = loader.loadTopic(retries);

        assertThat(outcome.isComplete()).isTrue();
        assertThat(outcome.result().orElseThrow().rows()).isEqualTo(EVENTS);
        assertThat(pauses).containsExactly(500L, 1_000L);
        assertThat(loader.positions(TableKind.ROWS)).hasSize(EVENTS).doesNotHaveDuplicates();
    }

    @Test
    void givesUpAfterTheLastRepetition() {
        cluster.failOffsets(100, () -> new ClientException(ErrorCode.LEADER_NOT_AVAILABLE, "offsets: no leader"));

        TopicOutcome outcome = loader.loadTopic(retries);

        assertThat(outcome.problems()).containsExactly("offsets: no leader");
        assertThat(outcome.result()).isEmpty();
        assertThat(pauses).containsExactly(500L, 1_000L, 1_500L);
    }

    @Test
    void repeatsNothingThatCannotPass() {
        cluster.failOffsets(1, () -> new IllegalStateException("topic access-log has 1 partitions, but 2 were loaded"));

        assertThat(loader.loadTopic(retries).problems())
                .containsExactly("topic access-log has 1 partitions, but 2 were loaded");
        assertThat(pauses).isEmpty();
    }

    @Test
    void anErrorOfATopicIsItsOutcome() {
        cluster.failOffsets(1, () -> {
            throw new StackOverflowError("deep");
        });
        TopicOutcome deep = loader.loadTopic(retries);
        assertThat(deep.problems()).containsExactly("StackOverflowError: deep");
        assertThat(deep.fatal()).isEmpty();

        cluster.failOffsets(1, () -> {
            throw new OutOfMemoryError("heap");
        });
        TopicOutcome memory = loader.loadTopic(retries);
        assertThat(memory.problems()).containsExactly("OutOfMemoryError: heap");
        assertThat(memory.fatal()).containsInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void loadsWhileTheMetastoreIsAwayAndPublishesOnceItIsBack() throws IOException {
        FailingCatalog catalog = new FailingCatalog();
        catalog.failuresLeft = 3;
        loader.catalog(catalog);

        TopicOutcome outcome = loader.loadTopic(retries);

        assertThat(outcome.isComplete()).isTrue();
        assertThat(catalog.published).isEqualTo(2);
        assertThat(loader.positions(TableKind.ROWS)).hasSize(EVENTS);
        assertThat(pauses).hasSize(2);
    }

    @Test
    void reportsAMetastoreThatStaysAwayAndLoadsNextTimeAsUsual() throws IOException {
        FailingCatalog catalog = new FailingCatalog();
        catalog.failuresLeft = Integer.MAX_VALUE;
        loader.catalog(catalog);

        TopicOutcome outcome = loader.loadTopic(retries);

        assertThat(outcome.result().orElseThrow().rows()).isEqualTo(EVENTS);
        assertThat(outcome.problems())
                .containsExactly("the rows are committed, but publishing them failed (hive): no metastore."
                        + " The next load repeats it");
        catalog.failuresLeft = 0;
        assertThat(loader.loadTopic(retries).isComplete()).isTrue();
        assertThat(catalog.published).isEqualTo(2);
    }

    @Test
    void aTableThatTheCatalogRefusesIsRefusedBeforeTheCommit() throws IOException {
        FailingCatalog catalog = new FailingCatalog();
        catalog.refuses = true;
        loader.catalog(catalog);

        assertThat(loader.loadTopic(retries).problems()).containsExactly("Hive table access_log has other columns");
        assertThat(pauses).isEmpty();
        assertThat(loader.files(TableKind.ROWS)).isEmpty();
        catalog.refuses = false;
        assertThat(loader.load(Plan.OnGap.FAIL, step -> {}).rows()).isEqualTo(EVENTS);
    }
}
