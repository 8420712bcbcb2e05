package io.tailrace.loader.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns the value of an event's field into that of its column, and back, where these have different types. Thread-safe.
 *
 * <p>The way back throws {@link IllegalArgumentException} if no event has the value in its row.
 */
final class ValueConversion {
    /** The value is the same. Most fields have this conversion, and it is not called for them. */
    static final ValueConversion SAME = new ValueConversion(value -> value, value -> value);

    private final UnaryOperator<Object> toRow;
    private final UnaryOperator<Object> toEvent;

    /** The functions are not called with null. */
    ValueConversion(UnaryOperator<Object> toRow, UnaryOperator<Object> toEvent) {
        this.toRow = toRow;
        this.toEvent = toEvent;
    }

    /** Returns the conversion of a field's values, between prepared events and rows. */
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
            default -> RowSchema.isText(event) ? TextConversion.of(event) : SAME;
        };
    }

    @Nullable
    Object row(@Nullable Object event) {
        return convert(toRow, event);
    }

    @Nullable
    Object event(@Nullable Object row) {
        return convert(toEvent, row);
    }

    private static @Nullable Object convert(UnaryOperator<Object> conversion, @Nullable Object value) {
        return value == null ? null : conversion.apply(value);
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
        List<UnaryOperator<Object>> toRows =
                fields.stream().map(field -> field.toRow).toList();
        List<UnaryOperator<Object>> toEvents =
                fields.stream().map(field -> field.toEvent).toList();
        return new ValueConversion(value -> record(value, row, toRows), value -> record(value, event, toEvents));
    }

    private static Object record(Object value, Schema target, List<UnaryOperator<Object>> fields) {
        IndexedRecord from = (IndexedRecord) value;
        IndexedRecord to = new GenericData.Record(target);
        for (int i = 0; i < fields.size(); i++) {
            to.put(i, convert(fields.get(i), from.get(i)));
        }
        return to;
    }

    private static ValueConversion array(ValueConversion element) {
        return element == SAME
                ? SAME
                : new ValueConversion(value -> array(value, element.toRow), value -> array(value, element.toEvent));
    }

    private static Object array(Object value, UnaryOperator<Object> element) {
        List<@Nullable Object> converted = new ArrayList<>();
        for (Object item : (Iterable<?>) value) {
            converted.add(convert(element, item));
        }
        return converted;
    }

    private static ValueConversion map(ValueConversion entry) {
        return entry == SAME
                ? SAME
                : new ValueConversion(value -> map(value, entry.toRow), value -> map(value, entry.toEvent));
    }

    private static Object map(Object value, UnaryOperator<Object> entry) {
        Map<Object, @Nullable Object> converted = new LinkedHashMap<>();
        ((Map<?, ?>) value).forEach((key, item) -> converted.put(key, convert(entry, item)));
        return converted;
    }

    private static ValueConversion union(Schema event, Schema row) {
        List<ValueConversion> types = new ArrayList<>();
        for (int i = 0; i < event.getTypes().size(); i++) {
            types.add(of(event.getTypes().get(i), row.getTypes().get(i)));
        }
        if (types.stream().allMatch(type -> type == SAME)) {
            return SAME;
        }
        return new ValueConversion(
                value -> types.get(GenericData.get().resolveUnion(event, value))
                        .toRow
                        .apply(value),
                value -> types.get(GenericData.get().resolveUnion(row, value))
                        .toEvent
                        .apply(value));
    }
}
