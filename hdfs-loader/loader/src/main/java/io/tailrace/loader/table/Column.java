package io.tailrace.loader.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A column of a table, as a catalog has it.
 *
 * @param name in lower case
 * @param type its type
 * @param comment the field's documentation, cut to {@link #COMMENT_LENGTH_MAX} characters, or null
 */
public record Column(String name, ColumnType type, @Nullable String comment) {
    /** The longest comment that Hive's metastore stores. */
    public static final int COMMENT_LENGTH_MAX = 256;

    public Column {
        comment = comment == null ? null : cut(comment);
    }

    private static String cut(String comment) {
        if (comment.length() <= COMMENT_LENGTH_MAX) {
            return comment;
        }
        boolean splitsPair = Character.isHighSurrogate(comment.charAt(COMMENT_LENGTH_MAX - 1));
        return comment.substring(0, splitsPair ? COMMENT_LENGTH_MAX - 1 : COMMENT_LENGTH_MAX);
    }

    /** Returns the columns of the Parquet files of a row schema, in order. A field that is always null has none. */
    static List<Column> of(Schema row) {
        List<Column> columns = new ArrayList<>();
        for (Schema.Field field : row.getFields()) {
            if (field.schema().getType() != Schema.Type.NULL) {
                columns.add(new Column(field.name().toLowerCase(Locale.ROOT), type(field.schema()), field.doc()));
            }
        }
        return columns;
    }

    private static ColumnType type(Schema schema) {
        return switch (schema.getType()) {
            case ARRAY -> new ColumnType.Array(type(schema.getElementType()));
            case MAP -> new ColumnType.Entries(type(schema.getValueType()));
            case RECORD ->
                new ColumnType.Struct(schema.getFields().stream()
                        .filter(field -> field.schema().getType() != Schema.Type.NULL)
                        .map(field ->
                                new ColumnType.Member(field.name().toLowerCase(Locale.ROOT), type(field.schema())))
                        .toList());
            case UNION -> union(schema);
            default -> new ColumnType.Simple(simple(schema));
        };
    }

    /** Parquet files have a group for a union of several types, with a member for each type. */
    private static ColumnType union(Schema schema) {
        List<Schema> types = schema.getTypes().stream()
                .filter(type -> type.getType() != Schema.Type.NULL)
                .toList();
        if (types.size() == 1) {
            return type(types.get(0));
        }
        List<ColumnType.Member> members = new ArrayList<>();
        for (Schema type : types) {
            members.add(new ColumnType.Member("member" + members.size(), type(type)));
        }
        return new ColumnType.Struct(members);
    }

    private static String simple(Schema schema) {
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
            default -> throw new IllegalStateException("row schema has a column of type " + schema);
        };
    }
}
