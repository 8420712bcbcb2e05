package io.tailrace.loader;

import java.io.IOException;
import java.util.Collection;
import org.apache.avro.Schema;
import org.apache.hadoop.fs.Path;

/** Where tables are looked up by those who query them: Hive's metastore, or nowhere. */
interface TableCatalog extends AutoCloseable {

    /** Leaves the files to whoever finds them. */
    TableCatalog NONE = new TableCatalog() {
        @Override
        public void check(Table table) {}

        @Override
        public void publish(Table table, Collection<PathPartition> partitions) {}

        @Override
        public void close() {}
    };

    /**
     * A table to be known.
     *
     * @param name its name, which the catalog's database holds
     * @param schema the Avro schema of its rows; path partitions come on top
     * @param folder where its path partitions are
     */
    record Table(String name, Schema schema, Path folder) {}

    /**
     * Finds out, before anything is loaded, whether the table can be published.
     *
     * @throws IOException naming what stands against it, as a table of that name elsewhere
     */
    void check(Table table) throws IOException;

    /**
     * Makes the table if there is none, gives it the columns it lacks, and adds path partitions it does not know.
     * Doing so again changes nothing.
     */
    void publish(Table table, Collection<PathPartition> partitions) throws IOException;

    @Override
    void close();

    /** One of the tables that a topic becomes. */
    static Table table(Layout layout, Layout.Table table, Schema rows, Store store) {
        return new Table(
                layout.tableName(table),
                switch (table) {
                    case ROWS -> rows;
                    case ERRORS -> ErrorRow.SCHEMA;
                },
                store.qualified(layout.folder(table)));
    }
}
