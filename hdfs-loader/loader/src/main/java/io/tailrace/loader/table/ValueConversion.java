package io.tailrace.loader.table;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/** Turns the value of an event's field into that of its column, where these have different types. Thread-safe. */
@FunctionalInterface
interface ValueConversion {
    /** The value is the same. Most fields have this conversion, and it is not called for them. */
    ValueConversion SAME = value -> value;

    /** A decimal with more digits behind the point is written with an exponent. */
    int PLAIN_SCALE_MAX = 1_000;

    long MILLIS_PER_SECOND = 1_000;

    Object ofValue(Object value);

    /** Returns the conversion of a field's values, from prepared events to rows. */
    @SuppressWarnings("ReferenceEquality") // See RowSchema: equal schemas are found faster by the instance.
    static ValueConversion of(Schema event, Schema row) {
        if (event == row) {
            return SAME;
        }
        return switch (event.getType()) {
            case RECORD -> record(event, row);
            case ARRAY -> array(of(event.getElementType(), row.getElementType()));
            case MAP -> map(of(event.getValueType(), row.getValueType()));
            case UNION -> row.isUnion() ? union(event, row) : SAME;
            default -> RowSchema.isText(event) ? text(event) : SAME;
        };
    }

    private static @Nullable Object convert(ValueConversion conversion, @Nullable Object value) {
        return value == null ? null : conversion.ofValue(value);
    }

    /** Names do not matter: Parquet's writer takes the fields of a record by position. */
    private static ValueConversion record(Schema event, Schema row) {
        List<ValueConversion> fields = new ArrayList<>();
        for (Schema.Field field : event.getFields()) {
            fields.add(of(field.schema(), row.getFields().get(field.pos()).schema()));
        }
        if (fields.stream().allMatch(field -> field == SAME)) {
            return SAME;
        }
        return value -> {
            IndexedRecord from = (IndexedRecord) value;
            IndexedRecord to = new GenericData.Record(row);
            for (int i = 0; i < fields.size(); i++) {
                to.put(i, convert(fields.get(i), from.get(i)));
            }
            return to;
        };
    }

    private static ValueConversion array(ValueConversion element) {
        if (element == SAME) {
            return SAME;
        }
        return value -> {
            List<@Nullable Object> converted = new ArrayList<>();
            for (Object item : (Iterable<?>) value) {
                converted.add(convert(element, item));
            }
            return converted;
        };
    }

    private static ValueConversion map(ValueConversion entry) {
        if (entry == SAME) {
            return SAME;
        }
        return value -> {
            Map<Object, @Nullable Object> converted = new LinkedHashMap<>();
            ((Map<?, ?>) value).forEach((key, item) -> converted.put(key, convert(entry, item)));
            return converted;
        };
    }

    private static ValueConversion union(Schema event, Schema row) {
        List<ValueConversion> types = new ArrayList<>();
        for (int i = 0; i < event.getTypes().size(); i++) {
            types.add(of(event.getTypes().get(i), row.getTypes().get(i)));
        }
        if (types.stream().allMatch(type -> type == SAME)) {
            return SAME;
        }
        return value -> types.get(GenericData.get().resolveUnion(event, value)).ofValue(value);
    }

    private static ValueConversion text(Schema schema) {
        LogicalType logical = schema.getLogicalType();
        if (logical instanceof LogicalTypes.Decimal decimal) {
            return value -> decimal(bytes(value), decimal.getScale());
        }
        return logical instanceof LogicalTypes.Uuid ? value -> uuid(bytes(value)) : value -> duration(bytes(value));
    }

    private static byte[] bytes(Object value) {
        if (value instanceof GenericFixed fixed) {
            return fixed.bytes();
        }
        ByteBuffer buffer = ((ByteBuffer) value).duplicate();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static String decimal(byte[] unscaled, int scale) {
        BigDecimal decimal = new BigDecimal(unscaled.length == 0 ? BigInteger.ZERO : new BigInteger(unscaled), scale);
        return scale <= PLAIN_SCALE_MAX ? decimal.toPlainString() : decimal.toString();
    }

    private static String uuid(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong()).toString();
    }

    /** Months, days and milliseconds, each an unsigned number of four bytes, the lowest byte first. */
    private static String duration(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        String months = Integer.toUnsignedString(buffer.getInt());
        String days = Integer.toUnsignedString(buffer.getInt());
        long millis = Integer.toUnsignedLong(buffer.getInt());
        return String.format(
                Locale.ROOT, "P%sM%sDT%d.%03dS", months, days, millis / MILLIS_PER_SECOND, millis % MILLIS_PER_SECOND);
    }
}
