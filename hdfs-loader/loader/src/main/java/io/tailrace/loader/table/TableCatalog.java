package io.tailrace.loader.table;

import java.io.IOException;
import java.util.SortedMap;
import org.apache.hadoop.fs.Path;

/** A directory of tables for query engines: Hive's metastore, or none. */
public interface TableCatalog extends AutoCloseable {

    /** Registers nothing. */
    TableCatalog NONE = new TableCatalog() {
        @Override
        public void check(TableDefinition table) {}

        @Override
        public void publish(TableDefinition table, SortedMap<PathPartition, Path> locations) {}

        @Override
        public void close() {}
    };

    /**
     * Checks, before anything is loaded, that the table can be published.
     *
     * @throws CatalogUnavailableException if the catalog cannot be reached
     * @throws IOException if it cannot; the message names the obstacle, such as a table of that name elsewhere
     */
    void check(TableDefinition table) throws IOException;

    /**
     * Creates the table if it does not exist, adds missing columns and missing path partitions, and sets the folders of path
     * partitions. A query sees a path partition's former folder or the new one. Idempotent.
     *
     * @param locations the qualified folder of each path partition
     * @throws CatalogUnavailableException if the catalog cannot be reached
     */
    void publish(TableDefinition table, SortedMap<PathPartition, Path> locations) throws IOException;

    @Override
    void close();
}
