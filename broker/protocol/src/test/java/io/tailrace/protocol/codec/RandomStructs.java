package io.tailrace.protocol.codec;

import io.tailrace.protocol.ErrorCode;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/** Random message bodies, built from Apache Kafka's schemas without our code. */
record RandomStructs(Random random) {

    ByteBuffer body(Schema schema) {
        Struct struct = struct(schema);
        ByteBuffer body = ByteBuffer.allocate(struct.sizeOf());
        struct.writeTo(body);
        return body.flip();
    }

    private Struct struct(Schema schema) {
        Struct struct = new Struct(schema);
        for (BoundField field : schema.fields()) {
            struct.set(field, value(field.def));
        }
        return struct;
    }

    private @Nullable Object value(Field field) {
        if (isError(field)) {
            return ErrorCode.of((short) (random.nextInt(135) - 1)).number();
        }
        return field.type.isNullable() && random.nextInt(4) == 0 ? null : value(field.type);
    }

    private static boolean isError(Field field) {
        return field.name.endsWith("error_code");
    }

    private Object value(Type type) {
        if (type instanceof TaggedFields tagged) {
            return tagged(tagged);
        }
        if (type.isArray()) {
            Object[] elements = new Object[random.nextInt(4)];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = value(type.arrayElementType().orElseThrow());
            }
            return elements;
        }
        if (type instanceof Schema schema) {
            return struct(schema);
        }
        String name = type.toString().replace("COMPACT_", "").replace("NULLABLE_", "");
        return switch (name) {
            case "BOOLEAN" -> random.nextBoolean();
            case "INT8" -> (byte) random.nextInt();
            case "INT16" -> (short) random.nextInt();
            case "INT32" -> random.nextInt();
            case "INT64" -> random.nextLong();
            case "UUID" -> new Uuid(random.nextLong(), random.nextLong());
            case "STRING" -> RandomMessages.string(random);
            case "BYTES" -> RandomMessages.bytes(random);
            case "RECORDS" -> MemoryRecords.readableRecords(RandomMessages.bytes(random));
            default -> throw new IllegalStateException("no random " + type);
        };
    }

    private NavigableMap<Integer, Object> tagged(TaggedFields type) {
        NavigableMap<Integer, Object> values = new TreeMap<>();
        for (Map.Entry<Integer, Field> each : type.fields().entrySet()) {
            if (random.nextBoolean()) {
                values.put(each.getKey(), isError(each.getValue()) ? anError() : value(each.getValue().type));
            }
        }
        return values;
    }

    /** Not NONE: a tagged field that has its default is left out. */
    private Short anError() {
        return ErrorCode.of((short) (random.nextInt(134) + 1)).number();
    }
}
