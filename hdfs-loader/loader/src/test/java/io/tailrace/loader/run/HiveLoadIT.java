package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.hive.MetastoreCatalog;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableDefinition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.table.TableSchema;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries loaded data with Hive. */
class HiveLoadIT {
    private static final int EVENTS = 1_000;

    private static HiveProcess hive;

    @BeforeAll
    static void start(@TempDir Path dir) throws IOException {
        hive = new HiveProcess(dir);
    }

    @AfterAll
    static void stop() {
        hive.close();
    }

    @Test
    void queriesLoadedRowsAndColumnsAddedLater() throws Exception {
        FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
        FakeRegistry registry = new FakeRegistry();
        SortedMap<Integer, Long> expected = AccessLog.append(cluster, registry, EVENTS, 5, AccessLog.HOURS);
        cluster.append(AccessLog.P0, AccessLog.START.toEpochMilli(), new byte[] {1});
        String byStatus = "select status, count(*) as hits from access_log group by status order by status";
        try (TestLoader loader = loader("/counts", cluster, registry)) {
            loader.load();
            loader.load();

            String[] results = hive.sql(
                            byStatus,
                            "show partitions access_log",
                            "select record_offset, length(record_value) as bytes from access_log_errors",
                            "select `user`, client_address, cast(event_time as string) as at, response_bytes"
                                    + " from access_log where dt = '2015-05-17' and hr = '10' and record_partition = 0"
                                    + " and record_offset = 0")
                    .split("\n", -1);

            assertThat(results[0]).isEqualTo(json(expected));
            assertThat(results[1].split("dt=", -1)).hasSize(AccessLog.HOURS + 1);
            assertThat(results[2]).isEqualTo("[{\"record_offset\":" + EVENTS / 2 + ",\"bytes\":1}]");
            assertThat(results[3])
                    .isEqualTo("[{\"user\":null,\"client_address\":\"10.0.0.0\",\"at\":\"2015-05-17 10:00:00\","
                            + "\"response_bytes\":0}]");

            int grown = registry.register(SchemaRegistryClient.valueSubject(AccessLog.TOPIC), AccessLog.GROWN);
            GenericRecord event = AccessLog.event(AccessLog.GROWN, AccessLog.START.toEpochMilli(), 200);
            event.put("method", "POST");
            cluster.append(AccessLog.P0, 0, AccessLog.value(grown, event));
            loader.load();

            expected.merge(200, 1L, Long::sum);
            results = hive.sql(
                            byStatus, "select method, count(*) as hits from access_log group by method order by hits")
                    .split("\n", -1);
            assertThat(results[0]).isEqualTo(json(expected));
            assertThat(results[1])
                    .isEqualTo("[{\"method\":\"POST\",\"hits\":1},{\"method\":null,\"hits\":" + EVENTS + "}]");
        }
    }

    @Test
    void refusesATableAtAnotherLocation() throws Exception {
        FakeCluster cluster = new FakeCluster().with(AccessLog.P0);
        FakeRegistry registry = new FakeRegistry();
        registry.register(SchemaRegistryClient.valueSubject(AccessLog.TOPIC), AccessLog.SCHEMA);
        cluster.append(AccessLog.P0, 0, AccessLog.value(1, AccessLog.event(AccessLog.SCHEMA, 0, 200)));
        hive.sql("create database other", "create table other.access_log (a int)");
        try (TestLoader loader = loader("/elsewhere", cluster, registry)) {
            loader.catalog(new MetastoreCatalog(List.of(URI.create(hive.metastore())), "other"));

            assertThatThrownBy(loader::load).hasMessageContaining("other.access_log is at");
            assertThat(loader.files(TableKind.ROWS)).isEmpty();
        }
    }

    @Test
    void aPathPartitionKeepsTheLoadersParametersWhenItsFolderChanges() throws Exception {
        FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
        FakeRegistry registry = new FakeRegistry();
        hive.sql("create database marked");
        TableCatalog catalog = new MetastoreCatalog(List.of(URI.create(hive.metastore())), "marked");
        PathPartition hour = PathPartition.of(AccessLog.START.toEpochMilli());
        PathPartition absent = PathPartition.of(0);
        String parameters =
                "describe formatted marked.access_log partition (dt='" + hour.dt() + "', hr='" + hour.hr() + "')";
        try (TestLoader loader = loader("/marked", cluster, registry).catalog(catalog)) {
            TableDefinition table = TableDefinition.of(
                    TableKind.ROWS, TableSchema.of(AccessLog.TOPIC, AccessLog.SCHEMA), loader.layout(), loader.store);
            AccessLog.append(cluster, registry, 4, 5);
            loader.load();

            catalog.setParameter(
                    table,
                    "tailrace.complete",
                    new TreeMap<>(Map.of(hour, Optional.of("true"), absent, Optional.of("true"))));
            assertThat(hive.sql(parameters)).contains("tailrace.complete");

            loader.compact(step -> {});
            assertThat(hive.sql(parameters)).contains("_generations", "tailrace.complete");

            catalog.setParameter(table, "tailrace.complete", new TreeMap<>(Map.of(hour, Optional.empty())));
            assertThat(hive.sql(parameters)).doesNotContain("tailrace.complete");
        }
    }

    private static TestLoader loader(String folder, FakeCluster cluster, FakeRegistry registry) throws IOException {
        return new TestLoader(
                        new org.apache.hadoop.fs.Path(hive.hdfs() + folder), new Configuration(), cluster, registry)
                .catalog(new MetastoreCatalog(List.of(URI.create(hive.metastore())), "default"));
    }

    private static String json(SortedMap<Integer, Long> byStatus) {
        return byStatus.entrySet().stream()
                .map(entry -> "{\"status\":" + entry.getKey() + ",\"hits\":" + entry.getValue() + "}")
                .collect(Collectors.joining(",", "[", "]"));
    }
}
