package io.tailrace.loader.hive;

import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.PublishedHour;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableDefinition;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hive.metastore.api.AlreadyExistsException;
import org.apache.hadoop.hive.metastore.api.FieldSchema;
import org.apache.hadoop.hive.metastore.api.GetTableRequest;
import org.apache.hadoop.hive.metastore.api.NoSuchObjectException;
import org.apache.hadoop.hive.metastore.api.SerDeInfo;
import org.apache.hadoop.hive.metastore.api.StorageDescriptor;
import org.apache.hadoop.hive.metastore.api.Table;
import org.apache.hadoop.hive.metastore.api.ThriftHiveMetastore;
import org.apache.thrift.TException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hive's metastore, over Thrift: external Parquet tables, partitioned by day and hour.
 *
 * <p>Thread-safe.
 */
public final class MetastoreCatalog implements TableCatalog {
    private static final Logger log = LoggerFactory.getLogger(MetastoreCatalog.class);
    private static final String PARQUET = "org.apache.hadoop.hive.ql.io.parquet.";
    private static final List<FieldSchema> PARTITION_COLUMNS = List.of(
            new FieldSchema(PathPartition.DAY_COLUMN, "string", "Day of event time, UTC."),
            new FieldSchema(PathPartition.HOUR_COLUMN, "string", "Hour of event time, UTC, 00 to 23."));

    /** More than the names of a table: another topic can take one of them at the same time. */
    private static final int CREATE_ATTEMPTS = 4;

    private final Metastore metastore;
    private final HivePartitions partitions;
    private final String database;

    /**
     * Creates a catalog of one database.
     *
     * @param uris metastores as {@code thrift://host:port}, tried in order
     * @param database the database; it must exist
     */
    public MetastoreCatalog(List<URI> uris, String database) {
        this.metastore = new ThriftMetastore(uris);
        this.partitions = new HivePartitions(metastore);
        this.database = database;
    }

    @Override
    public void check(TableDefinition wanted) throws IOException {
        HiveColumns.of(wanted);
        metastore.call(client -> {
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
    private TableDefinition named(ThriftHiveMetastore.Iface client, TableDefinition table)
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
    public void publish(TableDefinition wanted, SortedMap<PathPartition, PublishedHour> hours) throws IOException {
        partitions.set(metastore.call(client -> createOrGrow(client, wanted)), hours);
    }

    @Override
    public void setParameter(TableDefinition table, String key, SortedMap<PathPartition, Optional<String>> values)
            throws IOException {
        String name = metastore.call(client -> named(client, table).name());
        partitions.setParameter(database, name, key, values);
    }

    private Table createOrGrow(ThriftHiveMetastore.Iface client, TableDefinition wanted)
            throws TException, IOException {
        for (int attempt = 0; attempt < CREATE_ATTEMPTS; attempt++) {
            TableDefinition table = named(client, wanted);
            try {
                return grow(client, table);
            } catch (NoSuchObjectException e) {
                create(client, table);
            }
        }
        throw new IOException("Hive table " + database + "." + wanted.name() + " was created and dropped "
                + CREATE_ATTEMPTS + " times meanwhile. Check which other client does that");
    }

    private void create(ThriftHiveMetastore.Iface client, TableDefinition table) throws TException, IOException {
        try {
            client.create_table(newTable(table));
        } catch (AlreadyExistsException e) {
            log.info("table was created by another client at the same time: table {}.{}", database, table.name());
        }
    }

    private Table grow(ThriftHiveMetastore.Iface client, TableDefinition table) throws TException, IOException {
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

    private Table existing(ThriftHiveMetastore.Iface client, TableDefinition table) throws TException, IOException {
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

    @Override
    public void close() {}
}
