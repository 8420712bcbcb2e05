package io.tailrace.loader.hive;

import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.PublishedHour;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hive.metastore.api.AddPartitionsRequest;
import org.apache.hadoop.hive.metastore.api.EnvironmentContext;
import org.apache.hadoop.hive.metastore.api.Partition;
import org.apache.hadoop.hive.metastore.api.StorageDescriptor;
import org.apache.hadoop.hive.metastore.api.Table;
import org.apache.hadoop.hive.metastore.api.ThriftHiveMetastore;
import org.apache.thrift.TException;

/**
 * Sets the path partitions of tables: their folders and statistics. Two or three calls set hundreds of them, and several
 * connections do so at the same time. Thread-safe.
 */
final class HivePartitions {
    /** The metastore keeps a request in memory. */
    static final int PARTITIONS_PER_REQUEST_MAX = 500;

    /** Each path partition has all columns. */
    private static final int COLUMNS_PER_REQUEST_MAX = 50_000;

    /** The metastore has a thread for each connection, and its database a lock that most calls take. */
    static final int REQUESTS_AT_ONCE = 4;

    private static final String FILES = "numFiles";
    private static final String ROWS = "numRows";
    private static final String BYTES = "totalSize";

    /** Hive answers queries from statistics that this parameter declares accurate. */
    private static final String ACCURATE = "COLUMN_STATS_ACCURATE";

    /** Without it, the metastore lists the files of each path partition. */
    private static final EnvironmentContext KEEP_STATISTICS =
            new EnvironmentContext(Map.of("DO_NOT_UPDATE_STATS", "true"));

    private final Metastore metastore;

    HivePartitions(Metastore metastore) {
        this.metastore = metastore;
    }

    /**
     * Adds the path partitions that the table lacks, and changes those that are different. Others are left alone. Idempotent.
     *
     * @throws IOException the first failure, after all requests have ended; some path partitions may be set
     */
    void set(Table table, SortedMap<PathPartition, PublishedHour> hours) throws IOException {
        List<SortedMap<PathPartition, PublishedHour>> batches = batches(table, hours);
        if (batches.isEmpty()) {
            return;
        }
        ExecutorService pool = Executors.newFixedThreadPool(Math.min(REQUESTS_AT_ONCE, batches.size()));
        try {
            List<Callable<Integer>> calls = new ArrayList<>();
            batches.forEach(batch -> calls.add(() -> metastore.call(client -> set(client, table, batch))));
            for (Future<Integer> done : pool.invokeAll(calls)) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure
                    ? failure
                    : new IOException("cannot set the path partitions of Hive table " + name(table), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while setting path partitions of Hive table " + name(table));
        } finally {
            pool.shutdownNow();
        }
    }

    private static String name(Table table) {
        return table.getDbName() + "." + table.getTableName();
    }

    private static List<SortedMap<PathPartition, PublishedHour>> batches(
            Table table, SortedMap<PathPartition, PublishedHour> hours) {
        int columns = Math.max(1, table.getSd().getColsSize());
        int size = Math.max(1, Math.min(PARTITIONS_PER_REQUEST_MAX, COLUMNS_PER_REQUEST_MAX / columns));
        List<SortedMap<PathPartition, PublishedHour>> batches = new ArrayList<>();
        for (Map.Entry<PathPartition, PublishedHour> hour : hours.entrySet()) {
            if (batches.isEmpty() || batches.get(batches.size() - 1).size() == size) {
                batches.add(new TreeMap<>());
            }
            batches.get(batches.size() - 1).put(hour.getKey(), hour.getValue());
        }
        return batches;
    }

    private static int set(ThriftHiveMetastore.Iface client, Table table, SortedMap<PathPartition, PublishedHour> hours)
            throws TException {
        Map<PathPartition, Partition> existing = existing(client, table, hours);
        List<Partition> missing = new ArrayList<>();
        hours.forEach((pathPartition, hour) -> {
            if (!existing.containsKey(pathPartition)) {
                missing.add(partition(table, pathPartition, hour));
            }
        });
        if (!missing.isEmpty()) {
            AddPartitionsRequest request =
                    new AddPartitionsRequest(table.getDbName(), table.getTableName(), missing, true);
            request.setEnvironmentContext(KEEP_STATISTICS);
            request.setNeedResult(true);
            if (client.add_partitions_req(request).getPartitionsSize() < missing.size()) {
                // Another client has added some meanwhile.
                existing.putAll(existing(client, table, hours));
            }
        }
        List<Partition> changed = new ArrayList<>();
        existing.forEach((pathPartition, partition) -> {
            PublishedHour hour = hours.get(pathPartition);
            if (hour != null && update(partition, hour)) {
                changed.add(partition);
            }
        });
        if (!changed.isEmpty()) {
            client.alter_partitions_with_environment_context(
                    table.getDbName(), table.getTableName(), changed, KEEP_STATISTICS);
        }
        return changed.size();
    }

    private static Map<PathPartition, Partition> existing(
            ThriftHiveMetastore.Iface client, Table table, SortedMap<PathPartition, PublishedHour> hours)
            throws TException {
        List<String> names = hours.keySet().stream().map(PathPartition::path).toList();
        Map<PathPartition, Partition> existing = new HashMap<>();
        for (Partition partition : client.get_partitions_by_names(table.getDbName(), table.getTableName(), names)) {
            existing.put(pathPartition(partition), partition);
        }
        return existing;
    }

    private static Partition partition(Table table, PathPartition pathPartition, PublishedHour hour) {
        StorageDescriptor storage = new StorageDescriptor(table.getSd());
        storage.setLocation(hour.folder().toString());
        Partition partition = new Partition();
        partition.setDbName(table.getDbName());
        partition.setTableName(table.getTableName());
        partition.setValues(List.of(pathPartition.dt(), pathPartition.hr()));
        partition.setSd(storage);
        partition.setParameters(statistics(hour));
        return partition;
    }

    /** Whether the path partition was different. Parameters of others stay, but nothing is accurate any more. */
    private static boolean update(Partition partition, PublishedHour hour) {
        Map<String, String> parameters = new HashMap<>(partition.getParameters());
        Map<String, String> statistics = statistics(hour);
        boolean isMoved = !new Path(partition.getSd().getLocation()).equals(hour.folder());
        if (!isMoved && parameters.entrySet().containsAll(statistics.entrySet())) {
            return false;
        }
        parameters.putAll(statistics);
        parameters.remove(ACCURATE);
        partition.setParameters(parameters);
        partition.getSd().setLocation(hour.folder().toString());
        return true;
    }

    /**
     * Sets or removes a parameter of the path partitions that a table has. Idempotent.
     *
     * @param values the value for each path partition, empty to remove the parameter
     */
    void setParameter(String database, String table, String key, SortedMap<PathPartition, Optional<String>> values)
            throws IOException {
        List<PathPartition> all = List.copyOf(values.keySet());
        for (int from = 0; from < all.size(); from += PARTITIONS_PER_REQUEST_MAX) {
            List<String> names = all.subList(from, Math.min(all.size(), from + PARTITIONS_PER_REQUEST_MAX)).stream()
                    .map(PathPartition::path)
                    .toList();
            int unused = metastore.call(client -> {
                List<Partition> changed = new ArrayList<>();
                for (Partition partition : client.get_partitions_by_names(database, table, names)) {
                    if (update(partition, key, values.getOrDefault(pathPartition(partition), Optional.empty()))) {
                        changed.add(partition);
                    }
                }
                if (!changed.isEmpty()) {
                    client.alter_partitions_with_environment_context(database, table, changed, KEEP_STATISTICS);
                }
                return changed.size();
            });
        }
    }

    private static PathPartition pathPartition(Partition partition) {
        return new PathPartition(
                partition.getValues().get(0), partition.getValues().get(1));
    }

    private static boolean update(Partition partition, String key, Optional<String> value) {
        Map<String, String> parameters = new HashMap<>(partition.getParameters());
        value.ifPresentOrElse(text -> parameters.put(key, text), () -> parameters.remove(key));
        boolean isDifferent = !parameters.equals(partition.getParameters());
        partition.setParameters(parameters);
        return isDifferent;
    }

    private static Map<String, String> statistics(PublishedHour hour) {
        return Map.of(
                FILES, Integer.toString(hour.files()),
                ROWS, Long.toString(hour.rows()),
                BYTES, Long.toString(hour.bytes()));
    }
}
