package io.tailrace.protocol.codec;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.Default;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What all versions of a record have in common: constructor, accessors, and the defaults of its components. Components
 * of primitive types are the record's numbers, all others its references.
 */
final class RecordShape {
    private static final ClassValue<RecordShape> SHAPES = new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
            return new RecordShape(type.asSubclass(Record.class));
        }
    };

    private final Class<? extends Record> type;
    private final RecordComponent[] components;
    private final int[] slots;
    private final long[] numberDefaults;
    private final @Nullable Object[] referenceDefaults;
    private final MethodHandle constructor;
    private final MethodHandle[] accessors;

    private RecordShape(Class<? extends Record> type) {
        this.type = type;
        components = type.getRecordComponents();
        slots = new int[components.length];
        accessors = new MethodHandle[components.length];
        int numbers = (int) Arrays.stream(components)
                .filter(component -> component.getType().isPrimitive())
                .count();
        numberDefaults = new long[numbers];
        referenceDefaults = new @Nullable Object[components.length - numbers];
        int number = 0;
        int reference = 0;
        for (int i = 0; i < components.length; i++) {
            if (components[i].getType().isPrimitive()) {
                slots[i] = number++;
                numberDefaults[slots[i]] = numberDefault(components[i]);
            } else {
                slots[i] = reference++;
                referenceDefaults[slots[i]] = referenceDefault(components[i]);
            }
        }
        try {
            constructor = constructor();
            for (int i = 0; i < components.length; i++) {
                accessors[i] = accessor(components[i]);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a message must be a public record: " + type, e);
        }
    }

    static RecordShape of(Class<? extends Record> type) {
        return SHAPES.get(type);
    }

    RecordComponent[] components() {
        return components;
    }

    String name() {
        return type.getSimpleName();
    }

    /** The index of a component among the record's numbers or references. */
    int slot(int component) {
        return slots[component];
    }

    /** Returns new values with all components at their defaults. */
    Values newValues() {
        return new Values(this, numberDefaults.clone(), referenceDefaults.clone());
    }

    /** Resets all components to their defaults. */
    void reset(Values values) {
        System.arraycopy(numberDefaults, 0, values.numbers(), 0, numberDefaults.length);
        System.arraycopy(referenceDefaults, 0, values.references(), 0, referenceDefaults.length);
    }

    /** Creates a record from the values, which may be reused afterwards. */
    Record construct(Values values) {
        try {
            return (Record) constructor.invokeExact(values.numbers(), values.references());
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Returns a component of a primitive type. */
    long number(int component, Record record) {
        try {
            return (long) accessors[component].invokeExact(record);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Returns a component of a reference type. */
    @Nullable
    Object reference(int component, Record record) {
        try {
            return (Object) accessors[component].invokeExact(record);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Whether a component has its default. */
    boolean isDefault(int component, Record record) {
        if (components[component].getType().isPrimitive()) {
            return number(component, record) == numberDefaults[slots[component]];
        }
        Object value = reference(component, record);
        return Objects.equals(value, referenceDefaults[slots[component]]);
    }

    /** Creates a record with all components at their defaults. */
    Record defaults() {
        return construct(newValues());
    }

    /**
     * The canonical constructor as (long[], Object[])Record. Built in few steps, since each costs as much as encoding
     * thousands of messages: widen, order numbers before references, spread.
     */
    private MethodHandle constructor() throws ReflectiveOperationException {
        int numbers = numberDefaults.length;
        Class<?>[] types = new Class<?>[components.length];
        Class<?>[] widened = new Class<?>[components.length];
        Class<?>[] sorted = new Class<?>[components.length];
        int[] order = new int[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            widened[i] = types[i].isPrimitive() ? long.class : Object.class;
            order[i] = types[i].isPrimitive() ? slots[i] : numbers + slots[i];
            sorted[order[i]] = widened[i];
        }
        MethodHandle canonical =
                MethodHandles.publicLookup().findConstructor(type, MethodType.methodType(void.class, types));
        for (int i = 0; i < types.length; i++) {
            if (types[i] == double.class) {
                canonical =
                        MethodHandles.filterArguments(canonical, i, bits("longBitsToDouble", double.class, long.class));
            }
        }
        MethodHandle wide =
                MethodHandles.explicitCastArguments(canonical, MethodType.methodType(Record.class, widened));
        return MethodHandles.permuteArguments(wide, MethodType.methodType(Record.class, sorted), order)
                .asSpreader(numbers, Object[].class, components.length - numbers)
                .asSpreader(0, long[].class, numbers);
    }

    /** An accessor as (Record)long or (Record)Object. */
    private static MethodHandle accessor(RecordComponent component) throws ReflectiveOperationException {
        MethodHandle accessor = MethodHandles.publicLookup().unreflect(component.getAccessor());
        if (!component.getType().isPrimitive()) {
            return accessor.asType(MethodType.methodType(Object.class, Record.class));
        }
        if (component.getType() == double.class) {
            accessor = MethodHandles.filterReturnValue(accessor, bits("doubleToRawLongBits", long.class, double.class));
        }
        return MethodHandles.explicitCastArguments(accessor, MethodType.methodType(long.class, Record.class));
    }

    private static MethodHandle bits(String name, Class<?> result, Class<?> argument)
            throws ReflectiveOperationException {
        return MethodHandles.publicLookup().findStatic(Double.class, name, MethodType.methodType(result, argument));
    }

    private static long numberDefault(RecordComponent component) {
        Default given = component.getAnnotation(Default.class);
        if (given == null) {
            return 0;
        }
        Class<?> type = component.getType();
        if (type == boolean.class) {
            return Boolean.parseBoolean(given.value()) ? 1 : 0;
        }
        return type == double.class
                ? Double.doubleToRawLongBits(Double.parseDouble(given.value()))
                : Long.parseLong(given.value());
    }

    private static @Nullable Object referenceDefault(RecordComponent component) {
        Class<?> type = component.getType();
        Default given = component.getAnnotation(Default.class);
        if (given != null) {
            if (type == String.class) {
                return given.value();
            }
            if (type == List.class && given.value().equals("[]")) {
                return List.of();
            }
            if (type.isRecord() && given.value().equals("{}")) {
                return of(type.asSubclass(Record.class)).defaults();
            }
            throw new IllegalStateException("unsupported default of " + component + ": " + given.value());
        }
        if (isNullable(component)) {
            return null;
        }
        if (type.isRecord()) {
            return of(type.asSubclass(Record.class)).defaults();
        }
        if (type == String.class) {
            return "";
        }
        if (type == List.class) {
            return List.of();
        }
        if (type == UUID.class) {
            return new UUID(0, 0);
        }
        if (type == ErrorCode.class) {
            return ErrorCode.NONE;
        }
        return type == Bytes.class ? Bytes.EMPTY : null;
    }

    static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static RuntimeException rethrown(Throwable e) {
        if (e instanceof RuntimeException unchecked) {
            return unchecked;
        }
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(e);
    }
}
