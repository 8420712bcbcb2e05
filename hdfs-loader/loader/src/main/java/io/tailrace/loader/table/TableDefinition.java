package io.tailrace.loader.table;

import io.tailrace.loader.store.Store;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * A table as a catalog needs it.
 *
 * @param name its name within the catalog's database
 * @param spareName its name if another topic of the same output has a table of the first name
 * @param columns its columns, without those of the path partition
 * @param folder the folder of its path partitions
 * @param output the folder of all topics
 */
public record TableDefinition(String name, String spareName, List<Column> columns, Path folder, Path output) {
    public TableDefinition {
        columns = List.copyOf(columns);
    }

    /** Defines a table of a topic; {@code rows} is that of {@link TableKind#ROWS}. */
    public static TableDefinition of(TableKind kind, TableSchema rows, Layout layout, Store store) {
        List<Column> columns =
                switch (kind) {
                    case ROWS -> rows.columns();
                    case ERRORS -> Column.of(ErrorRow.SCHEMA);
                };
        return new TableDefinition(
                layout.tableName(kind),
                layout.spareTableName(kind),
                columns,
                store.qualified(layout.folder(kind)),
                store.qualified(layout.root()));
    }

    /** Returns the same table by another name. */
    public TableDefinition named(String other) {
        return new TableDefinition(other, spareName, columns, folder, output);
    }
}
