package io.tailrace.loader.task.columns;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Resolver;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.parquet.io.api.Binary;

/**
 * Turns Avro's resolution of a writer's schema to a reader's into {@link Field}s.
 *
 * <p>{@link UnsupportedOperationException} means that the schemas have something that is left to Avro's reader: unions of several
 * types beside null, recursion, null as a type, or a column whose type is not that of its field.
 */
final class ColumnCompiler {
    /** Deeper schemas, and recursive ones, are left to Avro's reader. */
    private static final int DEPTH_MAX = 32;

    private int depth;

    /**
     * The fields of a record.
     *
     * @param fields in the order in which they are written
     * @param columns for each of them, the index of its column; -1 for none
     */
    record Steps(List<Field> fields, List<Integer> columns) {}

    /**
     * A field of the reader.
     *
     * @param column the column's schema, which has the types of the reader's schema and may have other names
     */
    Field field(Resolver.Action action, Schema column, String name, int index) {
        Schema type = nonNull(column);
        if (action instanceof Resolver.WriterUnion union) {
            Field.Union.Branch[] branches = new Field.Union.Branch[union.actions.length];
            for (int i = 0; i < branches.length; i++) {
                branches[i] = branch(union.actions[i], column, type);
            }
            return new Field.Union(name, index, branches);
        }
        Field.Union.Branch only = branch(action, column, type);
        if (!only.isReadable() || only.value() == null) {
            throw new UnsupportedOperationException("only null, or nothing that can be read");
        }
        return new Field.Required(name, index, only.value());
    }

    private Field.Union.Branch branch(Resolver.Action action, Schema column, Schema type) {
        Resolver.Action read = action instanceof Resolver.ReaderUnion union ? union.actualAction : action;
        if (read.type == Resolver.Action.Type.ERROR) {
            return new Field.Union.Branch(false, null);
        }
        if (read.writer.getType() == Schema.Type.NULL) {
            if (!column.isNullable()) {
                throw new UnsupportedOperationException("null in column " + column);
            }
            return new Field.Union.Branch(true, null);
        }
        return new Field.Union.Branch(true, value(read, type));
    }

    /** The one type of a column that may be null or not. */
    private static Schema nonNull(Schema column) {
        if (!column.isUnion()) {
            return column;
        }
        List<Schema> types = column.getTypes().stream()
                .filter(type -> type.getType() != Schema.Type.NULL)
                .toList();
        if (types.size() != 1 || column.getTypes().size() != 2) {
            throw new UnsupportedOperationException("union " + column);
        }
        return types.get(0);
    }

    private Value value(Resolver.Action action, Schema type) {
        if (action.reader.getType() != type.getType()
                || !Objects.equals(action.reader.getLogicalType(), type.getLogicalType())
                || action.conversion != null) {
            throw new UnsupportedOperationException("column of type " + type + " for a field of type " + action.reader);
        }
        if (++depth > DEPTH_MAX) {
            throw new UnsupportedOperationException("depth of more than " + DEPTH_MAX);
        }
        Value value =
                switch (type.getType()) {
                    case INT -> Value.INT;
                    case LONG -> action.writer.getType() == Schema.Type.LONG ? Value.LONG : Promoted.INT_TO_LONG;
                    case FLOAT -> toFloat(action.writer.getType());
                    case DOUBLE -> toDouble(action.writer.getType());
                    case BOOLEAN -> Value.BOOLEAN;
                    case STRING, BYTES -> Value.BYTES;
                    case FIXED -> fixed(action, type);
                    case ENUM -> symbol((Resolver.EnumAdjust) action, type);
                    case ARRAY -> new Containers.Items(field(element(action), type.getElementType(), "element", 0));
                    case MAP -> new Containers.Entries(field(element(action), type.getValueType(), "value", 1));
                    case RECORD ->
                        new Containers.Group(
                                fields((Resolver.RecordAdjust) action, type).fields());
                    case UNION, NULL -> throw new UnsupportedOperationException("type " + type);
                };
        depth--;
        return value;
    }

    private static Resolver.Action element(Resolver.Action container) {
        return ((Resolver.Container) container).elementAction;
    }

    private static Value toFloat(Schema.Type writer) {
        return switch (writer) {
            case INT -> Promoted.INT_TO_FLOAT;
            case LONG -> Promoted.LONG_TO_FLOAT;
            default -> Value.FLOAT;
        };
    }

    private static Value toDouble(Schema.Type writer) {
        return switch (writer) {
            case INT -> Promoted.INT_TO_DOUBLE;
            case LONG -> Promoted.LONG_TO_DOUBLE;
            case FLOAT -> Promoted.FLOAT_TO_DOUBLE;
            default -> Value.DOUBLE;
        };
    }

    private static Value fixed(Resolver.Action action, Schema type) {
        if (action.reader.getFixedSize() != type.getFixedSize()) {
            throw new UnsupportedOperationException("column of type " + type + " for a field of type " + action.reader);
        }
        return new Value.Fixed(type.getFixedSize());
    }

    private static Value symbol(Resolver.EnumAdjust action, Schema type) {
        List<String> read = action.reader.getEnumSymbols();
        if (!read.equals(type.getEnumSymbols())) {
            throw new UnsupportedOperationException("column of type " + type + " for a field of type " + action.reader);
        }
        Binary[] symbols = new Binary[action.writer.getEnumSymbols().size()];
        for (int i = 0; i < symbols.length; i++) {
            int readerIndex = action.adjustments[i];
            symbols[i] = readerIndex < 0 ? null : Binary.fromString(read.get(readerIndex));
        }
        return new Containers.Symbol(symbols);
    }

    /**
     * The fields of a record in the order in which they are written, then the defaults.
     *
     * @param group the columns, by the positions of the reader's fields; there may be others after them
     */
    Steps fields(Resolver.RecordAdjust action, Schema group) {
        if (group.getLogicalType() != null) {
            throw new UnsupportedOperationException("logical type of a record, in " + group);
        }
        List<Field> fields = new ArrayList<>();
        List<Integer> columns = new ArrayList<>();
        int read = 0;
        for (Resolver.Action field : action.fieldActions) {
            if (field.type == Resolver.Action.Type.SKIP) {
                Resolver.Action all = Resolver.resolve(field.writer, field.writer, GenericData.get());
                fields.add(new Field.Skipped(field(all, field.writer, "", 0)));
                columns.add(-1);
            } else {
                int position = action.readerOrder[read++].pos();
                fields.add(field(field, group, position));
                columns.add(position);
            }
        }
        for (int i = action.firstDefault; i < action.readerOrder.length; i++) {
            Schema.Field missing = action.readerOrder[i];
            Schema type = missing.schema();
            Field field = field(Resolver.resolve(type, type, GenericData.get()), group, missing.pos());
            fields.add(new Field.Default(field, encode(type, action.defaults[i - action.firstDefault])));
            columns.add(missing.pos());
        }
        return new Steps(fields, columns);
    }

    private Field field(Resolver.Action action, Schema group, int position) {
        Schema.Field column = group.getFields().get(position);
        if (column.schema().getType() == Schema.Type.NULL) {
            throw new UnsupportedOperationException("column of type null: " + column);
        }
        return field(action, column.schema(), column.name(), position);
    }

    private static byte[] encode(Schema schema, Object value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        try {
            new GenericDatumWriter<>(schema).write(value, encoder);
        } catch (IOException e) {
            throw new UnsupportedOperationException("default of type " + schema, e);
        }
        return bytes.toByteArray();
    }
}
