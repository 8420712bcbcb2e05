package io.tailrace.loader.table;

import io.tailrace.loader.store.Store;
import org.apache.avro.Schema;
import org.apache.hadoop.fs.Path;

/**
 * A table as a catalog needs it.
 *
 * @param name its name within the catalog's database
 * @param schema the Avro schema of its rows, without the columns of the path partition
 * @param folder the folder of its path partitions
 */
public record TableDefinition(String name, Schema schema, Path folder) {

    /** Defines a table of a topic; {@code rowSchema} is that of {@link TableKind#ROWS}. */
    public static TableDefinition of(TableKind kind, Schema rowSchema, Layout layout, Store store) {
        Schema schema =
                switch (kind) {
                    case ROWS -> rowSchema;
                    case ERRORS -> ErrorRow.SCHEMA;
                };
        return new TableDefinition(layout.tableName(kind), schema, store.qualified(layout.folder(kind)));
    }
}
