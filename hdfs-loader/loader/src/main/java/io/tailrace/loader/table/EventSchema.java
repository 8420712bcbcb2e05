package io.tailrace.loader.table;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the schema of a topic's events for a table, or refuses it.
 *
 * <p>A prepared schema reads the same events. A record without fields, other than the event itself, gets a field that is
 * always null, because Parquet has no empty groups. A field that does not have its usual name in the table has the property
 * {@link #NAME_PROPERTY}. The manifest stores the prepared schema, and so the names do not change when the schema does.
 */
final class EventSchema {
    /** The property of a field that has its name in the table. */
    static final String NAME_PROPERTY = "tailrace.column";

    /** The field of a record that has none. */
    static final String EMPTY_FIELD = "empty";

    /** Types within types. Hive's time to compile a query is exponential in it, and other queries wait. */
    static final int NESTING_MAX = 10;

    /** Columns of Parquet files, nested ones included. Each takes memory in every open file. */
    static final int COLUMNS_MAX = 10_000;

    private static final Pattern NAME = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String topic;
    private final Set<String> within = new HashSet<>();
    private final Set<String> named = new HashSet<>();
    private int columns;

    private EventSchema(String topic) {
        this.topic = topic;
    }

    /** The name that a prepared schema gives to a field's column; empty for the usual one. */
    static Optional<String> assignedName(Schema.Field field) {
        return Optional.ofNullable(field.getProp(NAME_PROPERTY))
                .filter(name -> NAME.matcher(name).matches());
    }

    /**
     * Prepares a schema. A prepared one is returned as it is.
     *
     * @param previous the prepared schema of earlier rows, or null
     */
    static Schema of(String topic, Schema event, @Nullable Schema previous) throws RefusedSchemaException {
        Schema prepared = copyWithoutEmptyRecords(event);
        EventSchema checks = new EventSchema(topic);
        if (prepared.getType() == Schema.Type.RECORD) {
            Schema before = previous != null && previous.getType() == Schema.Type.RECORD ? previous : null;
            checks.record(prepared, before, "", 0);
        } else {
            checks.check(prepared, previous, "", 0);
        }
        return prepared;
    }

    /** Avro's schemas cannot be changed after they are parsed, so the text is. */
    private static Schema copyWithoutEmptyRecords(Schema event) {
        try {
            JsonNode root = JSON.readTree(event.toString());
            for (JsonNode child : root) {
                fillEmptyRecords(child);
            }
            return new Schema.Parser(NameValidator.NO_VALIDATION)
                    .setValidateDefaults(false)
                    .parse(root.toString());
        } catch (JacksonException e) {
            throw new IllegalStateException("schema is not JSON: " + event, e);
        }
    }

    private static void fillEmptyRecords(JsonNode node) {
        boolean isRecord = node.path("type").asText().equals("record");
        if (isRecord && node.path("fields") instanceof ArrayNode fields && fields.isEmpty()) {
            fields.addObject()
                    .put("name", EMPTY_FIELD)
                    .put("doc", "Always null: the record has no fields.")
                    .putNull("default")
                    .putArray("type")
                    .add("null")
                    .add("boolean");
        }
        for (JsonNode child : node) {
            fillEmptyRecords(child);
        }
    }

    private void check(Schema schema, @Nullable Schema previous, String path, int nesting)
            throws RefusedSchemaException {
        if (nesting > NESTING_MAX && hasTypesWithin(schema)) {
            throw new RefusedSchemaException(
                    topic,
                    path,
                    "expected at most " + NESTING_MAX + " levels of types within types",
                    "Use fewer levels, or send the inner part as a string of JSON");
        }
        Schema before = like(schema, previous);
        switch (schema.getType()) {
            case RECORD -> record(schema, before, path, nesting);
            case ARRAY ->
                check(
                        schema.getElementType(),
                        before == null ? null : before.getElementType(),
                        path + "[]",
                        nesting + 1);
            case MAP ->
                check(schema.getValueType(), before == null ? null : before.getValueType(), path + "{}", nesting + 1);
            case UNION -> union(schema, previous, path, nesting);
            default -> count(path);
        }
    }

    private static boolean hasTypesWithin(Schema schema) {
        return switch (schema.getType()) {
            case RECORD, ARRAY, MAP -> true;
            case UNION -> schema.getTypes().size() > 2;
            default -> false;
        };
    }

    private void count(String path) throws RefusedSchemaException {
        columns++;
        if (columns > COLUMNS_MAX) {
            throw new RefusedSchemaException(
                    topic,
                    path,
                    "expected at most " + COLUMNS_MAX + " columns, nested ones included",
                    "Use maps or arrays instead of fields");
        }
    }

    private void record(Schema record, @Nullable Schema previous, String path, int nesting)
            throws RefusedSchemaException {
        if (!within.add(record.getFullName())) {
            throw new RefusedSchemaException(
                    topic,
                    path,
                    "record " + record.getFullName() + " contains itself, which a table cannot",
                    "Send the inner record as a string of JSON, or its id instead");
        }
        if (named.add(record.getFullName())) {
            Map<String, String> names =
                    path.isEmpty() ? ColumnNames.ofColumns(record, previous) : ColumnNames.ofStruct(record, previous);
            record.getFields().forEach(field -> assign(field, names, path.isEmpty()));
        }
        for (Schema.Field field : record.getFields()) {
            Schema.Field before = previous == null ? null : previous.getField(field.name());
            String inner = path.isEmpty() ? field.name() : path + "." + field.name();
            check(field.schema(), before == null ? null : before.schema(), inner, nesting + 1);
        }
        within.remove(record.getFullName());
    }

    private static void assign(Schema.Field field, Map<String, String> names, boolean isColumn) {
        String usual = isColumn ? ColumnNames.column(field.name()) : field.name();
        String name = names.getOrDefault(field.name(), usual);
        if (!name.equals(usual) && assignedName(field).isEmpty()) {
            field.addProp(NAME_PROPERTY, name);
        }
    }

    private void union(Schema union, @Nullable Schema previous, String path, int nesting)
            throws RefusedSchemaException {
        List<Schema> types = union.getTypes().stream()
                .filter(type -> type.getType() != Schema.Type.NULL)
                .toList();
        long strings = types.stream()
                .filter(type -> type.getType() == Schema.Type.STRING || RowSchema.isText(type))
                .count();
        if (strings > 1) {
            throw new RefusedSchemaException(
                    topic,
                    path,
                    "expected one type of the union that is a string in the table, found " + union,
                    "Use a field for each type");
        }
        for (Schema type : types) {
            check(type, previous, path, types.size() == 1 ? nesting : nesting + 1);
        }
    }

    /** The schema, or the type of the union, that has the same type as another one; null if there is none. */
    private static @Nullable Schema like(Schema schema, @Nullable Schema previous) {
        if (previous == null || schema.isUnion()) {
            return null;
        }
        List<Schema> types = previous.isUnion() ? previous.getTypes() : List.of(previous);
        for (Schema type : types) {
            if (type.getType() == schema.getType()
                    && (types.size() <= 2 || type.getFullName().equals(schema.getFullName()))) {
                return type;
            }
        }
        return null;
    }
}
