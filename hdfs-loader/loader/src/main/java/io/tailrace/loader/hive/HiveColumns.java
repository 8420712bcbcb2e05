package io.tailrace.loader.hive;

import io.tailrace.loader.table.Column;
import io.tailrace.loader.table.ColumnType;
import io.tailrace.loader.table.TableDefinition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.hive.metastore.api.FieldSchema;

/** The columns of a table in Hive's metastore. */
final class HiveColumns {
    /** Lengths of COLUMN_NAME and TYPE_NAME in the metastore's own schema. */
    private static final int NAME_LENGTH_MAX = 767;

    private static final int TYPE_LENGTH_MAX = 32_672;

    private HiveColumns() {}

    /**
     * Returns the columns of a new table, in order.
     *
     * @throws IOException if the metastore cannot store a column; the message names it
     */
    static List<FieldSchema> of(TableDefinition table) throws IOException {
        return grown(List.of(), table);
    }

    /**
     * Returns the columns of an existing table with those that it lacks, and with types that also hold the table's values now.
     * Other columns and all comments stay.
     *
     * @throws IOException if the metastore cannot store a column, or if no type holds the former values and the present ones
     */
    static List<FieldSchema> grown(List<FieldSchema> existing, TableDefinition table) throws IOException {
        List<FieldSchema> columns = new ArrayList<>(existing);
        for (Column column : table.columns()) {
            int index = index(existing, column.name());
            if (index < 0) {
                columns.add(checked(new FieldSchema(column.name(), column.type().toString(), column.comment()), table));
            } else {
                FieldSchema grown = new FieldSchema(existing.get(index));
                grown.setType(type(grown.getType(), column, table));
                columns.set(index, checked(grown, table));
            }
        }
        return columns;
    }

    private static int index(List<FieldSchema> columns, String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).getName().toLowerCase(Locale.ROOT).equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static String type(String existing, Column column, TableDefinition table) throws IOException {
        ColumnType former = ColumnType.parse(existing);
        Optional<ColumnType> both = former.with(column.type());
        if (both.isEmpty()) {
            throw new IOException("Hive table " + table.name() + ", column " + column.name()
                    + ": expected a type that can be read together with the table's " + existing + ", found "
                    + column.type() + " in the topic's newest schema. Give the field another name, or drop the table"
                    + " and load the topic to another output.path");
        }
        return both.get().equals(former) ? existing : both.get().toString();
    }

    private static FieldSchema checked(FieldSchema column, TableDefinition table) throws IOException {
        checkLength("name", column.getName(), column.getName(), NAME_LENGTH_MAX, table);
        checkLength("type", column.getName(), column.getType(), TYPE_LENGTH_MAX, table);
        return column;
    }

    private static void checkLength(String what, String column, String text, int max, TableDefinition table)
            throws IOException {
        if (text.length() > max) {
            throw new IOException("Hive table " + table.name() + ", column " + column + ": expected a " + what
                    + " of at most " + max + " characters, found " + text.length()
                    + ". Use a shorter name, or fewer fields within the record, in the topic's schema");
        }
    }
}
