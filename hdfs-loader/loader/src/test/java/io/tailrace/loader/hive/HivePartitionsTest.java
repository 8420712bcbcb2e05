package io.tailrace.loader.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.table.CatalogUnavailableException;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.PublishedHour;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hive.metastore.api.FieldSchema;
import org.apache.hadoop.hive.metastore.api.Partition;
import org.apache.hadoop.hive.metastore.api.StorageDescriptor;
import org.apache.hadoop.hive.metastore.api.Table;
import org.junit.jupiter.api.Test;

class HivePartitionsTest {
    private static final Instant START = Instant.parse("2015-05-17T00:00:00Z");
    private static final int THREE_REQUESTS = 2 * HivePartitions.PARTITIONS_PER_REQUEST_MAX + 1;

    private final FakeMetastore metastore = new FakeMetastore();
    private final HivePartitions partitions = new HivePartitions(metastore);
    private final Table table = table(1);

    @Test
    void addsManyPathPartitionsWithFewCalls() throws IOException {
        partitions.set(table, hours(THREE_REQUESTS, 1));

        assertThat(metastore.partitions()).hasSize(THREE_REQUESTS);
        assertThat(metastore.calls()).isEqualTo(Map.of("get_partitions_by_names", 3, "add_partitions_req", 3));
        Partition first = metastore.partition("2015-05-17", "00");
        assertThat(first.getSd().getLocation()).isEqualTo("hdfs://nn/t/dt=2015-05-17/hr=00/1");
        assertThat(first.getParameters()).isEqualTo(Map.of("numFiles", "1", "numRows", "10", "totalSize", "100"));
    }

    @Test
    void asksForAllBatchesAtTheSameTime() throws IOException {
        CyclicBarrier together = new CyclicBarrier(3);
        metastore.before("get_partitions_by_names", () -> together.await(30, TimeUnit.SECONDS));

        partitions.set(table, hours(THREE_REQUESTS, 1));

        assertThat(metastore.partitions()).hasSize(THREE_REQUESTS);
    }

    @Test
    void aTableWithManyColumnsHasFewerPathPartitionsPerRequest() throws IOException {
        partitions.set(table(10_000), hours(11, 1));

        assertThat(metastore.calls()).containsEntry("add_partitions_req", 3);
    }

    @Test
    void changesOnlyWhatIsDifferent() throws IOException {
        SortedMap<PathPartition, PublishedHour> hours = hours(3, 1);
        partitions.set(table, hours);
        PathPartition moved = hours.firstKey();
        hours.put(moved, hour(moved, 2));
        metastore.partition("2015-05-17", "00").putToParameters("tailrace.complete", "yes");
        metastore.partition("2015-05-17", "00").putToParameters("COLUMN_STATS_ACCURATE", "{\"BASIC_STATS\":\"true\"}");
        metastore.partition("2015-05-17", "01").putToParameters("COLUMN_STATS_ACCURATE", "{\"BASIC_STATS\":\"true\"}");

        partitions.set(table, hours);

        assertThat(metastore.altered()).containsExactly("dt=2015-05-17/hr=00");
        Partition changed = metastore.partition("2015-05-17", "00");
        assertThat(changed.getSd().getLocation()).isEqualTo("hdfs://nn/t/dt=2015-05-17/hr=00/2");
        assertThat(changed.getParameters())
                .isEqualTo(Map.of("numFiles", "2", "numRows", "20", "totalSize", "200", "tailrace.complete", "yes"));
        assertThat(metastore.partition("2015-05-17", "01").getParameters()).containsKey("COLUMN_STATS_ACCURATE");
    }

    @Test
    void setsAPathPartitionThatAnotherClientAddsMeanwhile() throws IOException {
        SortedMap<PathPartition, PublishedHour> hours = hours(2, 2);
        metastore.before(
                "add_partitions_req",
                () -> metastore.add(
                        HivePartitionsTest.existing(table, "2015-05-17", "01", "hdfs://nn/t/dt=2015-05-17/hr=01")));

        partitions.set(table, hours);

        assertThat(metastore.partition("2015-05-17", "01").getSd().getLocation())
                .isEqualTo("hdfs://nn/t/dt=2015-05-17/hr=01/2");
    }

    @Test
    void aFailedRequestIsReportedAndTheNextCallSetsTheRest() throws IOException {
        SortedMap<PathPartition, PublishedHour> hours = hours(THREE_REQUESTS, 1);
        metastore.failAfter(2);

        assertThatThrownBy(() -> partitions.set(table, hours))
                .isInstanceOf(CatalogUnavailableException.class)
                .hasMessage("metastore thrift://fake did not answer");

        metastore.failAfter(Integer.MAX_VALUE);
        partitions.set(table, hours);
        assertThat(metastore.partitions()).hasSize(THREE_REQUESTS);
    }

    static Partition existing(Table table, String dt, String hr, String location) {
        Partition partition = new Partition();
        partition.setDbName(table.getDbName());
        partition.setTableName(table.getTableName());
        partition.setValues(List.of(dt, hr));
        partition.setSd(new StorageDescriptor(table.getSd()));
        partition.getSd().setLocation(location);
        partition.setParameters(new TreeMap<>());
        return partition;
    }

    private static SortedMap<PathPartition, PublishedHour> hours(int count, int version) {
        SortedMap<PathPartition, PublishedHour> hours = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            PathPartition hour =
                    PathPartition.of(START.plus(Duration.ofHours(i)).toEpochMilli());
            hours.put(hour, hour(hour, version));
        }
        return hours;
    }

    private static PublishedHour hour(PathPartition hour, int version) {
        return new PublishedHour(
                new Path("hdfs://nn/t/" + hour.path() + "/" + version), version, 10L * version, 100L * version);
    }

    private static Table table(int columns) {
        StorageDescriptor storage = new StorageDescriptor();
        for (int i = 0; i < columns; i++) {
            storage.addToCols(new FieldSchema("c" + i, "int", null));
        }
        Table table = new Table();
        table.setDbName("default");
        table.setTableName("t");
        table.setSd(storage);
        return table;
    }
}
