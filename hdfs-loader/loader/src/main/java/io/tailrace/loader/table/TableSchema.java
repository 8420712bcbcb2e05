package io.tailrace.loader.table;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a table of a topic's events looks like: decided before anything is written, with a catalog or without. Immutable.
 *
 * <p>docs/hive.md, "Types and names", has the rules.
 */
public final class TableSchema {
    /** Names of topics whose folder would be one of the loader's. */
    private static final Set<String> OWN_FOLDERS = Set.of("_errors", "_tailrace");

    private final @Nullable Schema event;
    private final Schema row;
    private final List<Column> columns;

    private TableSchema(@Nullable Schema event, Schema row) {
        this.event = event;
        this.row = row;
        this.columns = Column.of(row);
    }

    /**
     * Decides on a table that has no rows yet, or whose events have a schema that this class has prepared.
     *
     * @param event the events' schema, or null if the topic has none
     * @throws RefusedSchemaException if no table can hold the events
     */
    public static TableSchema of(String topic, @Nullable Schema event) throws RefusedSchemaException {
        if (OWN_FOLDERS.contains(topic)) {
            throw new RefusedSchemaException(
                    topic, "", "the loader has a folder of this name", "Produce to a topic of another name");
        }
        Schema prepared = event == null ? null : EventSchema.of(topic, event, null);
        return new TableSchema(prepared, RowSchema.of(prepared == null ? RowMapper.empty() : prepared));
    }

    /**
     * Decides on a table that has rows.
     *
     * @param previous the schema of the events that were loaded last, as {@link #event} returned it; null if there are none
     * @throws RefusedSchemaException if no table can hold these events, or none can hold them beside the earlier ones
     */
    public static TableSchema of(String topic, @Nullable Schema event, @Nullable Schema previous)
            throws RefusedSchemaException {
        if (event == null || previous == null) {
            return of(topic, event);
        }
        TableSchema table = of(topic, EventSchema.of(topic, event, previous));
        Optional<TableSchema> before = former(topic, previous);
        if (before.isPresent()) {
            table.checkTypes(topic, before.get());
        }
        return table;
    }

    /** Earlier versions also loaded schemas that are refused now. Their tables cannot be read anyway. */
    private static Optional<TableSchema> former(String topic, Schema previous) {
        try {
            return Optional.of(of(topic, previous));
        } catch (RefusedSchemaException e) {
            return Optional.empty();
        }
    }

    private void checkTypes(String topic, TableSchema before) throws RefusedSchemaException {
        Map<String, ColumnType> types = before.columns.stream().collect(Collectors.toMap(Column::name, Column::type));
        for (Column column : columns) {
            ColumnType type = types.getOrDefault(column.name(), column.type());
            if (type.with(column.type()).isEmpty()) {
                throw new RefusedSchemaException(
                        topic,
                        fieldOf(column),
                        "expected a type that can be read together with the earlier rows' " + type + ", found "
                                + column.type(),
                        "Give the field another name, or load the topic to another output.path");
            }
        }
    }

    private String fieldOf(Column column) {
        if (event == null || event.getType() != Schema.Type.RECORD) {
            return "";
        }
        List<Schema.Field> columnOfField = row.getFields();
        return event.getFields().stream()
                .filter(field -> columnOfField.get(field.pos()).name().equals(column.name()))
                .map(Schema.Field::name)
                .findFirst()
                .orElse(column.name());
    }

    /** Returns the schema with which events are read, prepared for {@link RowMapper}; null if the topic has none. */
    public @Nullable Schema event() {
        return event;
    }

    /** Returns the schema of the rows in Parquet files. */
    public Schema row() {
        return row;
    }

    /** Returns the columns, without those of the path partition. */
    public List<Column> columns() {
        return columns;
    }
}
