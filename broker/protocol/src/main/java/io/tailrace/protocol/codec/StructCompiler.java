package io.tailrace.protocol.codec;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.message.NullableSince;
import io.tailrace.protocol.message.Since;
import io.tailrace.protocol.message.Until;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/** Builds the layout of a record in one version from the annotations of its components. */
record StructCompiler(short version, boolean flexible) {

    StructType compile(Class<? extends Record> type) {
        RecordShape shape = RecordShape.of(type);
        List<StructType.Field> fields = new ArrayList<>();
        List<StructType.Tagged> tagged = new ArrayList<>();
        RecordComponent[] components = shape.components();
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            if (!exists(component)) {
                continue;
            }
            var tag = component.getAnnotation(io.tailrace.protocol.message.Tagged.class);
            StructType.Field field = new StructType.Field(component.getName(), i, shape.slot(i), typeOf(component));
            if (tag == null) {
                fields.add(field);
            } else if (flexible) {
                tagged.add(new StructType.Tagged(tag.value(), field));
            } else {
                throw new IllegalStateException(
                        "tagged field in version " + version + ", which is not flexible: " + component);
            }
        }
        tagged.sort(Comparator.comparingInt(StructType.Tagged::tag));
        return new StructType(shape, fields, flexible ? tagged : null);
    }

    private boolean exists(RecordComponent component) {
        Since since = component.getAnnotation(Since.class);
        Until until = component.getAnnotation(Until.class);
        return (since == null || version >= since.value()) && (until == null || version <= until.value());
    }

    private WireType typeOf(RecordComponent component) {
        NullableSince since = component.getAnnotation(NullableSince.class);
        boolean nullable = RecordShape.isNullable(component) && (since == null || version >= since.value());
        if (component.getGenericType() instanceof ParameterizedType list && list.getRawType() == List.class) {
            WireType element = typeOf(list.getActualTypeArguments()[0], false, component);
            if (element.bytesMin() == 0) {
                throw new IllegalStateException(
                        "list with elements of size 0, so its count would have no bound: " + component);
            }
            return new ReferenceType.OfList(element, flexible, nullable);
        }
        return typeOf(component.getGenericType(), nullable, component);
    }

    private WireType typeOf(Type type, boolean nullable, RecordComponent component) {
        if (type == boolean.class || type == Boolean.class) {
            return NumberType.BOOLEAN;
        } else if (type == byte.class || type == Byte.class) {
            return NumberType.INT8;
        } else if (type == short.class || type == Short.class) {
            return NumberType.INT16;
        } else if (type == int.class || type == Integer.class) {
            return NumberType.INT32;
        } else if (type == long.class || type == Long.class) {
            return NumberType.INT64;
        } else if (type == double.class || type == Double.class) {
            return NumberType.FLOAT64;
        } else if (type == ErrorCode.class) {
            return new ReferenceType.OfErrorCode();
        } else if (type == UUID.class) {
            return new ReferenceType.OfUuid();
        } else if (type == String.class) {
            return new ReferenceType.OfString(flexible, nullable);
        } else if (type == Bytes.class) {
            return new ReferenceType.OfBytes(flexible, nullable);
        } else if (type == RecordsPayload.class) {
            return new ReferenceType.OfRecords(flexible, nullable);
        } else if (type instanceof Class<?> nested && nested.isRecord()) {
            StructType struct = compile(nested.asSubclass(Record.class));
            boolean tagged = component.isAnnotationPresent(io.tailrace.protocol.message.Tagged.class);
            return nullable ? new ReferenceType.OfNullableStruct(struct, tagged) : struct;
        }
        throw new IllegalStateException("type without a wire format: " + component);
    }
}
