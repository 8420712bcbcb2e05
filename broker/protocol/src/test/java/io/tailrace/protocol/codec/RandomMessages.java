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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Random messages: random values in the fields of a version, defaults in the others. Reads the annotations itself, so
 * that it does not share faults with the codec.
 */
final class RandomMessages {
    private final Random random;
    private final short version;

    RandomMessages(Random random, short version) {
        this.random = random;
        this.version = version;
    }

    <T extends Record> T message(Class<T> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        @Nullable Object[] values = new @Nullable Object[components.length];
        Record defaults = RecordShape.of(type).defaults();
        try {
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                values[i] = exists(components[i])
                        ? value(components[i])
                        : components[i].getAccessor().invoke(defaults);
            }
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean exists(RecordComponent component) {
        Since since = component.getAnnotation(Since.class);
        Until until = component.getAnnotation(Until.class);
        return (since == null || since.value() <= version) && (until == null || version <= until.value());
    }

    private @Nullable Object value(RecordComponent component) {
        NullableSince since = component.getAnnotation(NullableSince.class);
        boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class)
                && (since == null || since.value() <= version);
        return nullable && random.nextInt(4) == 0 ? null : value(component.getGenericType());
    }

    private Object value(Type type) {
        if (type instanceof ParameterizedType list) {
            List<Object> elements = new ArrayList<>();
            for (int left = random.nextInt(4); left > 0; left--) {
                elements.add(value(list.getActualTypeArguments()[0]));
            }
            return elements;
        }
        Class<?> of = (Class<?>) type;
        if (of.isRecord()) {
            return message(of.asSubclass(Record.class));
        } else if (of == boolean.class) {
            return random.nextBoolean();
        } else if (of == byte.class || of == Byte.class) {
            return (byte) number();
        } else if (of == short.class) {
            return (short) number();
        } else if (of == int.class || of == Integer.class) {
            return (int) number();
        } else if (of == long.class || of == Long.class) {
            return number();
        } else if (of == double.class) {
            return random.nextGaussian();
        } else if (of == String.class) {
            return string(random);
        } else if (of == ErrorCode.class) {
            return ErrorCode.of((short) (random.nextInt(135) - 1));
        } else if (of == UUID.class) {
            return random.nextInt(4) == 0 ? new UUID(0, 0) : new UUID(random.nextLong(), random.nextLong());
        } else if (of == Bytes.class) {
            return Bytes.copyOf(bytes(random));
        } else if (of == RecordsPayload.class) {
            return RecordsPayload.of(bytes(random));
        }
        throw new IllegalStateException("no random " + of);
    }

    /** Numbers of all magnitudes, and frequent defaults. */
    private long number() {
        return random.nextInt(4) == 0 ? random.nextInt(3) - 1 : random.nextLong() >> random.nextInt(64);
    }

    /** Strings with one to four bytes per character, sometimes with a length that needs a long prefix. */
    static String string(Random random) {
        int length = random.nextInt(50) == 0 ? random.nextInt(8_000) : random.nextInt(12);
        int kind = random.nextInt(4);
        StringBuilder string = new StringBuilder();
        for (int i = 0; i < length; i++) {
            switch (kind) {
                case 0 -> string.appendCodePoint(0x1F600 + random.nextInt(64));
                case 1 -> string.appendCodePoint(0x80 + random.nextInt(0x3000));
                default -> string.append((char) random.nextInt(0x80));
            }
        }
        return string.toString();
    }

    static ByteBuffer bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(300)];
        random.nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }
}
