package io.tailrace.loader.table;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * Makes the schema of rows from that of events: a column for each field, by position, then the record's own columns. Fields of
 * nested records keep their positions, too.
 *
 * <p>A schema without differences is the same instance in both, so that nothing is converted. A column has another type than the
 * event's field only if Hive could not read that type, see {@link ValueConversion}.
 */
@SuppressWarnings("ReferenceEquality")
final class RowSchema {
    /** Hive's largest decimal. */
    static final int DECIMAL_DIGITS_MAX = 38;

    private final Map<String, Schema> records = new HashMap<>();

    private RowSchema() {}

    /** Returns the row schema of prepared events, see {@link EventSchema}. */
    static Schema of(Schema event) {
        List<Schema.Field> columns = new ArrayList<>();
        RowSchema types = new RowSchema();
        if (event.getType() == Schema.Type.RECORD) {
            for (Schema.Field field : event.getFields()) {
                String column = EventSchema.assignedName(field).orElseGet(() -> ColumnNames.column(field.name()));
                columns.add(new Schema.Field(column, types.type(field.schema()), field.doc()));
            }
        } else {
            columns.add(new Schema.Field("value", types.type(event)));
        }
        columns.add(new Schema.Field(RowMapper.TOPIC, Schema.create(Schema.Type.STRING), "The record's topic."));
        columns.add(new Schema.Field(RowMapper.PARTITION, Schema.create(Schema.Type.INT), "The record's partition."));
        columns.add(new Schema.Field(RowMapper.OFFSET, Schema.create(Schema.Type.LONG), "The record's offset."));
        columns.add(new Schema.Field(
                RowMapper.SCHEMA,
                nullable(Schema.create(Schema.Type.INT)),
                "The id of the schema that the record was written with."));
        return Schema.createRecord("Row", event.getDoc(), "tailrace", false, columns);
    }

    private Schema type(Schema schema) {
        return switch (schema.getType()) {
            case RECORD -> record(schema);
            case ARRAY -> {
                Schema element = element(schema.getElementType());
                yield element == schema.getElementType() ? schema : Schema.createArray(element);
            }
            case MAP -> {
                Schema value = element(schema.getValueType());
                yield value == schema.getValueType() ? schema : Schema.createMap(value);
            }
            case UNION -> union(schema);
            default -> isText(schema) ? Schema.create(Schema.Type.STRING) : schema;
        };
    }

    private Schema record(Schema schema) {
        Schema known = records.get(schema.getFullName());
        if (known != null) {
            return known;
        }
        boolean isSame = true;
        List<Schema.Field> fields = new ArrayList<>();
        for (Schema.Field field : schema.getFields()) {
            String name = EventSchema.assignedName(field).orElse(field.name());
            Schema type = type(field.schema());
            isSame &= type == field.schema() && name.equals(field.name());
            fields.add(new Schema.Field(name, type, field.doc()));
        }
        Schema record = isSame
                ? schema
                : Schema.createRecord(schema.getName(), schema.getDoc(), schema.getNamespace(), false, fields);
        records.put(schema.getFullName(), record);
        return record;
    }

    private Schema union(Schema schema) {
        List<Schema> types = schema.getTypes().stream().map(this::type).toList();
        if (types.stream().allMatch(type -> type.getType() == Schema.Type.NULL)) {
            return Schema.create(Schema.Type.NULL);
        }
        for (int i = 0; i < types.size(); i++) {
            if (types.get(i) != schema.getTypes().get(i)) {
                return Schema.createUnion(types);
            }
        }
        return schema;
    }

    /** Parquet has no elements that are always null; they become strings that are null. */
    private Schema element(Schema schema) {
        Schema type = type(schema);
        return type.getType() == Schema.Type.NULL ? nullable(Schema.create(Schema.Type.STRING)) : type;
    }

    private static Schema nullable(Schema type) {
        return Schema.createUnion(Schema.create(Schema.Type.NULL), type);
    }

    /** Whether the row has a string for values of this type, because Hive has no type for them. */
    static boolean isText(Schema schema) {
        LogicalType logical = schema.getLogicalType();
        return (logical instanceof LogicalTypes.Decimal decimal && decimal.getPrecision() > DECIMAL_DIGITS_MAX)
                || (logical instanceof LogicalTypes.Uuid && schema.getType() == Schema.Type.FIXED)
                || logical instanceof LogicalTypes.Duration;
    }
}
