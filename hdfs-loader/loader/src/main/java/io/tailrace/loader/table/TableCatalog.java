package io.tailrace.loader.table;

import java.io.IOException;
import java.util.Collection;

/** A directory of tables for query engines: Hive's metastore, or none. */
public interface TableCatalog extends AutoCloseable {

    /** Registers nothing. */
    TableCatalog NONE = new TableCatalog() {
        @Override
        public void check(TableDefinition table) {}

        @Override
        public void publish(TableDefinition table, Collection<PathPartition> partitions) {}

        @Override
        public void close() {}
    };

    /**
     * Checks, before anything is loaded, that the table can be published.
     *
     * @throws IOException if it cannot; the message names the obstacle, such as a table of that name elsewhere
     */
    void check(TableDefinition table) throws IOException;

    /** Creates the table if it does not exist, adds missing columns and missing path partitions. Idempotent. */
    void publish(TableDefinition table, Collection<PathPartition> partitions) throws IOException;

    @Override
    void close();
}
