package io.tailrace.loader.hive;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.hadoop.hive.metastore.api.FieldSchema;

/** Hive's columns for the Parquet files of an Avro schema. */
public final class HiveColumns {
    private HiveColumns() {}

    /**
     * Returns the columns of a record schema, in order.
     *
     * @throws IllegalArgumentException if Hive has no type for a field; the message names it
     */
    static List<FieldSchema> of(Schema row) {
        return row.getFields().stream()
                .map(field -> new FieldSchema(
                        field.name().toLowerCase(Locale.ROOT), type(field.schema(), field.name()), field.doc()))
                .toList();
    }

    private static String type(Schema schema, String path) {
        LogicalType logical = schema.getLogicalType();
        if (logical instanceof LogicalTypes.TimestampMillis
                || logical instanceof LogicalTypes.TimestampMicros
                || logical instanceof LogicalTypes.LocalTimestampMillis
                || logical instanceof LogicalTypes.LocalTimestampMicros) {
            return "timestamp";
        }
        if (logical instanceof LogicalTypes.Date) {
            return "date";
        }
        if (logical instanceof LogicalTypes.Decimal decimal) {
            return "decimal(" + decimal.getPrecision() + "," + decimal.getScale() + ")";
        }
        return switch (schema.getType()) {
            case STRING, ENUM -> "string";
            case INT -> "int";
            case LONG -> "bigint";
            case FLOAT -> "float";
            case DOUBLE -> "double";
            case BOOLEAN -> "boolean";
            case BYTES, FIXED -> "binary";
            case ARRAY -> "array<" + type(schema.getElementType(), path + "[]") + ">";
            case MAP -> "map<string," + type(schema.getValueType(), path + "{}") + ">";
            case RECORD ->
                schema.getFields().stream()
                        .map(field -> field.name().toLowerCase(Locale.ROOT) + ":"
                                + type(field.schema(), path + "." + field.name()))
                        .collect(Collectors.joining(",", "struct<", ">"));
            case UNION -> union(schema, path);
            case NULL ->
                throw new IllegalArgumentException("field " + path + ": expected a type that Hive has, found null");
        };
    }

    private static String union(Schema schema, String path) {
        List<Schema> types = schema.getTypes().stream()
                .filter(type -> type.getType() != Schema.Type.NULL)
                .toList();
        if (types.size() != 1) {
            throw new IllegalArgumentException(
                    "field " + path + ": expected one type, or one type and null, found " + schema);
        }
        return type(types.get(0), path);
    }
}
