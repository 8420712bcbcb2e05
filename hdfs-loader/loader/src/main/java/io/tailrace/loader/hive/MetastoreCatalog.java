package io.tailrace.loader.hive;

import io.tailrace.loader.table.CatalogUnavailableException;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableDefinition;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hive.metastore.api.AddPartitionsRequest;
import org.apache.hadoop.hive.metastore.api.AlreadyExistsException;
import org.apache.hadoop.hive.metastore.api.FieldSchema;
import org.apache.hadoop.hive.metastore.api.GetTableRequest;
import org.apache.hadoop.hive.metastore.api.NoSuchObjectException;
import org.apache.hadoop.hive.metastore.api.Partition;
import org.apache.hadoop.hive.metastore.api.SerDeInfo;
import org.apache.hadoop.hive.metastore.api.StorageDescriptor;
import org.apache.hadoop.hive.metastore.api.Table;
import org.apache.hadoop.hive.metastore.api.ThriftHiveMetastore;
import org.apache.thrift.TConfiguration;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.TTransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hive's metastore, over Thrift: external Parquet tables, partitioned by day and hour.
 *
 * <p>Connects for each call, since a run makes few and a connection idle for an hour would be dead. Used by one thread.
 */
public final class MetastoreCatalog implements TableCatalog {
    private static final Logger log = LoggerFactory.getLogger(MetastoreCatalog.class);
    private static final int CONNECT_TIMEOUT_MS = 10_000;
    private static final int RESPONSE_TIMEOUT_MS = 120_000;

    /** Path partitions in one request. A first load can add thousands, and the metastore keeps a request in memory. */
    private static final int PARTITIONS_PER_REQUEST = 500;

    private static final String PARQUET = "org.apache.hadoop.hive.ql.io.parquet.";
    private static final List<FieldSchema> PARTITION_COLUMNS = List.of(
            new FieldSchema(PathPartition.DAY_COLUMN, "string", "Day of event time, UTC."),
            new FieldSchema(PathPartition.HOUR_COLUMN, "string", "Hour of event time, UTC, 00 to 23."));

    private final List<URI> uris;
    private final String database;

    /**
     * Creates a catalog of one database.
     *
     * @param uris metastores as {@code thrift://host:port}, tried in order
     * @param database the database; it must exist
     */
    public MetastoreCatalog(List<URI> uris, String database) {
        this.uris = List.copyOf(uris);
        this.database = database;
    }

    @FunctionalInterface
    private interface MetastoreCall<T> {
        T on(ThriftHiveMetastore.Client client) throws TException, IOException;
    }

    @Override
    public void check(TableDefinition wanted) throws IOException {
        HiveColumns.of(wanted);
        call(client -> {
            client.get_database(database);
            TableDefinition table = named(client, wanted);
            try {
                HiveColumns.grown(existing(client, table).getSd().getCols(), table);
            } catch (NoSuchObjectException e) {
                return false;
            }
            return true;
        });
    }

    /**
     * Returns the table by the name that it has in the database, or by the first free one of its two names. A name is also taken
     * if another topic of the same output has it.
     *
     * @throws IOException if another folder has the name, so that queries of it would not see this table
     */
    private TableDefinition named(ThriftHiveMetastore.Client client, TableDefinition table)
            throws TException, IOException {
        TableDefinition free = null;
        for (String name : List.of(table.name(), table.spareName())) {
            TableDefinition named = table.named(name);
            try {
                Path location = location(client.get_table_req(new GetTableRequest(database, name))
                        .getTable());
                if (location.equals(table.folder())) {
                    return named;
                }
                if (!isBelow(location, table.output())) {
                    throw elsewhere(named, location);
                }
            } catch (NoSuchObjectException e) {
                free = free == null ? named : free;
            }
        }
        if (free == null) {
            throw new IOException("Hive tables " + database + "." + table.name() + " and " + database + "."
                    + table.spareName() + " belong to other topics of " + table.output()
                    + ", expected one of them to be at "
                    + table.folder() + ". Drop one of the tables, or set another hive.database");
        }
        if (!free.name().equals(table.name())) {
            log.info(
                    "another topic has the table's name in Hive: name {}, folder {}, used instead {}",
                    table.name(),
                    table.folder(),
                    free.name());
        }
        return free;
    }

    private static Path location(Table hive) {
        return new Path(hive.getSd().getLocation());
    }

    private static boolean isBelow(Path path, Path folder) {
        for (Path parent = path.getParent(); parent != null; parent = parent.getParent()) {
            if (parent.equals(folder)) {
                return true;
            }
        }
        return false;
    }

    private IOException elsewhere(TableDefinition table, Path location) {
        return new IOException("Hive table " + database + "." + table.name() + " is at " + location + ", expected "
                + table.folder() + ". Drop the table, or set another hive.database");
    }

    @Override
    public void publish(TableDefinition wanted, SortedMap<PathPartition, Path> locations) throws IOException {
        call(client -> {
            TableDefinition table = create(client, wanted);
            Table hive = grow(client, table);
            List<Partition> batch = new ArrayList<>();
            for (Map.Entry<PathPartition, Path> location : locations.entrySet()) {
                batch.add(partition(hive, table, location.getKey(), location.getValue()));
                if (batch.size() == PARTITIONS_PER_REQUEST) {
                    addOrMove(client, table, batch);
                }
            }
            addOrMove(client, table, batch);
            return hive;
        });
    }

    /** Adds the path partitions that the table lacks, and sets the location of those that are elsewhere. */
    private void addOrMove(ThriftHiveMetastore.Client client, TableDefinition table, List<Partition> batch)
            throws TException {
        if (batch.isEmpty()) {
            return;
        }
        boolean ifNotExists = true;
        client.add_partitions_req(new AddPartitionsRequest(database, table.name(), batch, ifNotExists));
        Map<List<String>, String> locations = new HashMap<>();
        List<String> names = batch.stream().map(MetastoreCatalog::name).toList();
        for (Partition existing : client.get_partitions_by_names(database, table.name(), names)) {
            locations.put(existing.getValues(), existing.getSd().getLocation());
        }
        List<Partition> moved = batch.stream()
                .filter(partition -> !new Path(partition.getSd().getLocation())
                        .equals(new Path(locations.getOrDefault(partition.getValues(), "/"))))
                .toList();
        if (!moved.isEmpty()) {
            client.alter_partitions(database, table.name(), moved);
        }
        batch.clear();
    }

    private static String name(Partition partition) {
        return new PathPartition(
                        partition.getValues().get(0), partition.getValues().get(1))
                .path();
    }

    /** Creates the table if it does not exist, and returns it by its name. */
    private TableDefinition create(ThriftHiveMetastore.Client client, TableDefinition wanted)
            throws TException, IOException {
        TableDefinition table = named(client, wanted);
        try {
            client.create_table(newTable(table));
            return table;
        } catch (AlreadyExistsException e) {
            // Created before, or just now: then perhaps for another topic.
            return named(client, wanted);
        }
    }

    private Table grow(ThriftHiveMetastore.Client client, TableDefinition table) throws TException, IOException {
        Table hive = existing(client, table);
        List<FieldSchema> columns = HiveColumns.grown(hive.getSd().getCols(), table);
        if (!columns.equals(hive.getSd().getCols())) {
            hive.getSd().setCols(columns);
            // In existing path partitions, too: a late file may add the new columns to one of them.
            boolean cascade = true;
            client.alter_table_with_cascade(database, table.name(), hive, cascade);
        }
        return hive;
    }

    private Table newTable(TableDefinition table) throws IOException {
        StorageDescriptor storage = new StorageDescriptor();
        storage.setCols(HiveColumns.of(table));
        storage.setLocation(table.folder().toString());
        storage.setInputFormat(PARQUET + "MapredParquetInputFormat");
        storage.setOutputFormat(PARQUET + "MapredParquetOutputFormat");
        storage.setSerdeInfo(new SerDeInfo(null, PARQUET + "serde.ParquetHiveSerDe", Map.of()));
        storage.setBucketCols(List.of());
        storage.setSortCols(List.of());
        storage.setParameters(Map.of());
        var hive = new Table();
        hive.setDbName(database);
        hive.setTableName(table.name());
        hive.setOwner(System.getProperty("user.name", "tailrace"));
        hive.setTableType("EXTERNAL_TABLE");
        hive.setSd(storage);
        hive.setPartitionKeys(PARTITION_COLUMNS);
        // Dropping the table must not delete the files, whose offsets count as loaded.
        hive.setParameters(Map.of("EXTERNAL", "TRUE", "external.table.purge", "false"));
        return hive;
    }

    private Table existing(ThriftHiveMetastore.Client client, TableDefinition table) throws TException, IOException {
        var hive = client.get_table_req(new GetTableRequest(database, table.name()))
                .getTable();
        if (!location(hive).equals(table.folder())) {
            throw elsewhere(table, location(hive));
        }
        List<String> keys =
                hive.getPartitionKeys().stream().map(FieldSchema::getName).toList();
        if (!keys.equals(List.of(PathPartition.DAY_COLUMN, PathPartition.HOUR_COLUMN))) {
            throw new IOException("Hive table " + database + "." + table.name() + " is partitioned by " + keys
                    + ", expected dt and hr. Drop the table, or set another hive.database");
        }
        return hive;
    }

    private Partition partition(Table hive, TableDefinition table, PathPartition pathPartition, Path location) {
        StorageDescriptor storage = new StorageDescriptor(hive.getSd());
        storage.setLocation(location.toString());
        Partition partition = new Partition();
        partition.setDbName(database);
        partition.setTableName(table.name());
        partition.setValues(List.of(pathPartition.dt(), pathPartition.hr()));
        partition.setSd(storage);
        partition.setParameters(Map.of());
        return partition;
    }

    private <T> T call(MetastoreCall<T> call) throws IOException {
        try (TTransport transport = connect()) {
            return call.on(new ThriftHiveMetastore.Client(new TBinaryProtocol(transport)));
        } catch (TTransportException e) {
            throw new CatalogUnavailableException(
                    "metastore did not answer at " + uris + ": " + e.getMessage() + ". Check that it runs", e);
        } catch (TException e) {
            throw new IOException("metastore call failed at " + uris + ": " + e.getMessage(), e);
        }
    }

    private TTransport connect() throws IOException {
        List<String> failures = new ArrayList<>();
        for (URI uri : uris) {
            try {
                TSocket socket = new TSocket(
                        TConfiguration.DEFAULT, uri.getHost(), uri.getPort(), RESPONSE_TIMEOUT_MS, CONNECT_TIMEOUT_MS);
                socket.open();
                return socket;
            } catch (TTransportException e) {
                failures.add(uri + ": " + e.getMessage());
            }
        }
        throw new CatalogUnavailableException(
                "cannot connect to any metastore of hive.metastore.uris: " + String.join("; ", failures));
    }

    @Override
    public void close() {}
}
