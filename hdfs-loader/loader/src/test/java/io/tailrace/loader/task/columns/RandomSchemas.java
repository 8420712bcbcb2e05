package io.tailrace.loader.task.columns;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/** Random Avro schemas of records, later versions of them, and their values. */
public final class RandomSchemas {
    private static final int DEPTH_MAX = 3;
    private static final List<String> SYMBOLS = List.of("RED", "GREEN", "BLUE", "BLACK");

    private final Random random;
    private int names;

    public RandomSchemas(long seed) {
        random = new Random(seed);
    }

    public Schema record() {
        return record(0);
    }

    private Schema record(int depth) {
        List<Schema.Field> fields = new ArrayList<>();
        int count = 1 + random.nextInt(depth == 0 ? 8 : 3);
        for (int i = 0; i < count; i++) {
            fields.add(new Schema.Field("f" + names++, type(depth + 1)));
        }
        return Schema.createRecord("R" + names++, null, "test", false, fields);
    }

    private Schema type(int depth) {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> Schema.createUnion(Schema.create(Schema.Type.NULL), nonNull(depth));
            case 3 -> Schema.createUnion(nonNull(depth), Schema.create(Schema.Type.NULL));
            default -> nonNull(depth);
        };
    }

    private Schema nonNull(int depth) {
        int kinds = depth < DEPTH_MAX ? 14 : 11;
        return switch (random.nextInt(kinds)) {
            case 0 -> Schema.create(Schema.Type.INT);
            case 1 -> Schema.create(Schema.Type.LONG);
            case 2 -> Schema.create(Schema.Type.FLOAT);
            case 3 -> Schema.create(Schema.Type.DOUBLE);
            case 4 -> Schema.create(Schema.Type.BOOLEAN);
            case 5, 6 -> Schema.create(Schema.Type.STRING);
            case 7 -> Schema.create(Schema.Type.BYTES);
            case 8 -> Schema.createFixed("F" + names++, null, "test", 1 + random.nextInt(4));
            case 9 -> Schema.createEnum("E" + names++, null, "test", SYMBOLS.subList(0, 1 + random.nextInt(4)), "RED");
            case 10 -> LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
            case 11 -> Schema.createArray(type(depth + 1));
            case 12 -> Schema.createMap(type(depth + 1));
            default -> record(depth + 1);
        };
    }

    /** Returns a schema that can read values of another: fields are renamed, removed, added, promoted and in another order. */
    public Schema evolve(Schema schema) {
        return switch (schema.getType()) {
            case RECORD -> evolveRecord(schema);
            case UNION ->
                Schema.createUnion(schema.getTypes().stream().map(this::evolve).toList());
            case ARRAY -> Schema.createArray(evolve(schema.getElementType()));
            case MAP -> Schema.createMap(evolve(schema.getValueType()));
            case ENUM -> Schema.createEnum(schema.getName(), null, "test", symbols(), "RED");
            case INT, LONG, FLOAT, STRING, BYTES -> promote(schema);
            default -> schema;
        };
    }

    private List<String> symbols() {
        List<String> symbols = new ArrayList<>(SYMBOLS);
        Collections.shuffle(symbols, random);
        symbols.remove("GREEN");
        return symbols;
    }

    private Schema promote(Schema schema) {
        if (schema.getLogicalType() != null || random.nextInt(3) > 0) {
            return schema;
        }
        List<Schema.Type> wider =
                switch (schema.getType()) {
                    case INT -> List.of(Schema.Type.LONG, Schema.Type.FLOAT, Schema.Type.DOUBLE);
                    case LONG -> List.of(Schema.Type.FLOAT, Schema.Type.DOUBLE);
                    case FLOAT -> List.of(Schema.Type.DOUBLE);
                    case STRING -> List.of(Schema.Type.BYTES);
                    default -> List.of(Schema.Type.STRING);
                };
        return Schema.create(wider.get(random.nextInt(wider.size())));
    }

    private Schema evolveRecord(Schema schema) {
        List<Schema.Field> fields = new ArrayList<>();
        for (Schema.Field field : schema.getFields()) {
            int change = random.nextInt(8);
            if (change == 0 && schema.getFields().size() > 1) {
                continue;
            }
            Schema type = evolve(field.schema());
            if (change == 1 && !type.isUnion()) {
                type = Schema.createUnion(Schema.create(Schema.Type.NULL), type);
            }
            Schema.Field evolved = new Schema.Field(change == 2 ? "renamed" + field.name() : field.name(), type);
            if (change == 2) {
                evolved.addAlias(field.name());
            }
            fields.add(evolved);
        }
        if (fields.isEmpty() || random.nextInt(2) == 0) {
            Schema added = type(DEPTH_MAX);
            fields.add(new Schema.Field("added" + names++, added, null, defaultOf(added)));
        }
        Collections.shuffle(fields, random);
        return Schema.createRecord(schema.getName(), null, "test", false, fields);
    }

    private Object defaultOf(Schema schema) {
        return switch (schema.getType()) {
            case UNION ->
                schema.getTypes().get(0).getType() == Schema.Type.NULL
                        ? Schema.Field.NULL_DEFAULT_VALUE
                        : defaultOf(schema.getTypes().get(0));
            case INT -> 7;
            case LONG -> 8L;
            case FLOAT -> 1.5f;
            case DOUBLE -> 2.5;
            case BOOLEAN -> true;
            case BYTES -> "bytes".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            case FIXED -> new byte[schema.getFixedSize()];
            case ENUM -> "RED";
            default -> "text";
        };
    }

    public @Nullable Object value(Schema schema) {
        return switch (schema.getType()) {
            case RECORD -> {
                GenericData.Record record = new GenericData.Record(schema);
                schema.getFields().forEach(field -> record.put(field.pos(), value(field.schema())));
                yield record;
            }
            case UNION ->
                value(schema.getTypes().get(random.nextInt(schema.getTypes().size())));
            case ARRAY -> {
                List<Object> items = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    items.add(value(schema.getElementType()));
                }
                yield items;
            }
            case MAP -> {
                Map<Object, Object> entries = new HashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    entries.put(new Utf8("k" + random.nextInt(9)), value(schema.getValueType()));
                }
                yield entries;
            }
            case INT -> random.nextInt() >> random.nextInt(32);
            case LONG -> random.nextLong() >> random.nextInt(64);
            case FLOAT -> random.nextFloat();
            case DOUBLE -> random.nextDouble();
            case BOOLEAN -> random.nextBoolean();
            case STRING -> new Utf8("text " + random.nextInt(100));
            case BYTES -> ByteBuffer.wrap(bytes(random.nextInt(5)));
            case FIXED -> new GenericData.Fixed(schema, bytes(schema.getFixedSize()));
            case ENUM ->
                new GenericData.EnumSymbol(
                        schema,
                        schema.getEnumSymbols()
                                .get(random.nextInt(schema.getEnumSymbols().size())));
            case NULL -> null;
        };
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Returns damaged copies of a value. */
    List<byte[]> damaged(byte[] value) {
        byte[] changed = value.clone();
        if (changed.length > 0) {
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        }
        byte[] cut = java.util.Arrays.copyOf(value, random.nextInt(value.length + 1));
        byte[] longer = java.util.Arrays.copyOf(value, value.length + 1);
        return List.of(changed, cut, longer);
    }
}
