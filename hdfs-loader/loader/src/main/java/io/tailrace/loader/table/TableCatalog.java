package io.tailrace.loader.table;

import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;

/** A directory of tables for query engines: Hive's metastore, or none. Thread-safe. */
public interface TableCatalog extends AutoCloseable {

    /** Registers nothing. */
    TableCatalog NONE = new TableCatalog() {
        @Override
        public void check(TableDefinition table) {}

        @Override
        public void publish(TableDefinition table, SortedMap<PathPartition, PublishedHour> hours) {}

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
     * Creates the table if it does not exist, adds missing columns and missing path partitions, and sets the folders and
     * statistics of path partitions. A query sees a path partition's former folder or the new one. Idempotent.
     *
     * @param hours the path partitions to set; others stay as they are
     * @throws CatalogUnavailableException if the catalog cannot be reached
     */
    void publish(TableDefinition table, SortedMap<PathPartition, PublishedHour> hours) throws IOException;

    /**
     * Sets or removes a parameter of path partitions of a published table. Those that the table does not have are left out.
     * Idempotent. A catalog whose path partitions have no parameters does nothing.
     *
     * @param key the parameter; {@link #publish} keeps it
     * @param values the value for each path partition, empty to remove the parameter
     * @throws CatalogUnavailableException if the catalog cannot be reached
     */
    default void setParameter(TableDefinition table, String key, SortedMap<PathPartition, Optional<String>> values)
            throws IOException {}

    @Override
    void close();
}
