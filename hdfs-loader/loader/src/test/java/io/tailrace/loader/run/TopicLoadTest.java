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
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "parent | {'name':'parent','type':['null','R'],'default':null},"
                        + "{'name':'replies','type':{'type':'array','items':'R'},'default':[]}",
                "parts[].of | {'name':'parts','type':{'type':'array','items':{'type':'record','name':'B',"
                        + "'fields':[{'name':'of','type':['null','R'],'default':null}]}},'default':[]}"
            })
    void aRecursiveSchemaIsRefusedBeforeAnythingIsStagedAndAnotherTopicLoads(String path, String fields)
            throws IOException {
        TopicPartition comments = new TopicPartition("comments", 0);
        cluster.with(comments);
        Schema schema = new Schema.Parser()
                .parse("{'type':'record','name':'R','fields':[{'name':'id','type':'long','default':0},%s]}"
                        .formatted(fields)
                        .replace('\'', '"'));
        int id = registry.register(SchemaRegistryClient.valueSubject("comments"), schema);
        cluster.append(comments, 0, AccessLog.value(id, new GenericRecordBuilder(schema).build()));

        for (TableCatalog catalog : List.of(TableCatalog.NONE, new FakeCatalog())) {
            TestLoader refused = new TestLoader(loader.root, new Configuration(), cluster, registry, loader.store)
                    .catalog(catalog)
                    .topic("comments");

            assertThat(refused.loadTopic(retries).problems())
                    .singleElement()
                    .asString()
                    .startsWith("topic comments, field " + path + ": record R contains itself");
            assertThat(refused.store.names(refused.layout().staging())).isEmpty();
            assertThat(refused.files(TableKind.ROWS)).isEmpty();
        }
        assertThat(loader.loadTopic(retries).isComplete()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {121, 130, 200, 245, 249})
    void aTopicWithALongNameLoads(int letters) throws IOException {
        TopicPartition partition = new TopicPartition("l".repeat(letters), 0);
        cluster.with(partition);
        int id = registry.register(SchemaRegistryClient.valueSubject(partition.topic()), AccessLog.SCHEMA);
        cluster.append(partition, 0, AccessLog.value(id, AccessLog.event(AccessLog.SCHEMA, 0, 200)));
        loader.topic(partition.topic());

        assertThat(loader.loadTopic(retries).problems()).isEmpty();
        assertThat(loader.rows(TableKind.ROWS)).hasSize(1);
        assertThat(loader.load().rows()).isZero();
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
