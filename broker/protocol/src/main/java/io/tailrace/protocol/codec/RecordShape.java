package io.tailrace.protocol.codec;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.Default;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What all versions of a record have in common: how to make one, how to take it apart, and the defaults of its
 * components. A component is a number in {@link Slots} if its type is primitive, else a reference.
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
    private final long[] numberDefaults;
    private final @Nullable Object[] referenceDefaults;
    private final MethodHandle constructor;
    private final MethodHandle[] accessors;

    private RecordShape(Class<? extends Record> type) {
        this.type = type;
        components = type.getRecordComponents();
        numberDefaults = new long[components.length];
        referenceDefaults = new @Nullable Object[components.length];
        accessors = new MethodHandle[components.length];
        for (int i = 0; i < components.length; i++) {
            Class<?> of = components[i].getType();
            if (of.isPrimitive()) {
                numberDefaults[i] = numberDefault(components[i]);
            } else {
                referenceDefaults[i] = referenceDefault(components[i]);
            }
        }
        try {
            constructor = constructor();
            for (int i = 0; i < components.length; i++) {
                accessors[i] = accessor(components[i]);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " must be public to be a message", e);
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

    /** Begins a record in the slots, every component at its default. */
    int enter(Slots slots) {
        return slots.enter(numberDefaults, referenceDefaults);
    }

    /** Makes the record that the slots hold. */
    Record construct(Slots slots) {
        try {
            return (Record) constructor.invokeExact(slots);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** A primitive component. */
    long number(int component, Record record) {
        try {
            return (long) accessors[component].invokeExact(record);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** A component that is an object. */
    @Nullable
    Object reference(int component, Record record) {
        try {
            return (Object) accessors[component].invokeExact(record);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Whether a component is what it is by default. */
    boolean isDefault(int component, Record record) {
        if (components[component].getType().isPrimitive()) {
            return number(component, record) == numberDefaults[component];
        }
        Object value = reference(component, record);
        return value == null ? referenceDefaults[component] == null : value.equals(referenceDefaults[component]);
    }

    /** The record with all components at their defaults. */
    Record defaults() {
        Slots slots = new Slots();
        enter(slots);
        return construct(slots);
    }

    /** The canonical constructor as (Slots)Record. */
    private MethodHandle constructor() throws ReflectiveOperationException {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        MethodHandle canonical =
                MethodHandles.publicLookup().findConstructor(type, MethodType.methodType(void.class, types));
        MethodHandle[] fromSlots = new MethodHandle[types.length];
        for (int i = 0; i < types.length; i++) {
            fromSlots[i] = fromSlots(i, types[i]);
        }
        MethodHandle ofSlots = MethodHandles.filterArguments(canonical, 0, fromSlots);
        MethodType once = MethodType.methodType(type, Slots.class);
        return MethodHandles.permuteArguments(ofSlots, once, new int[types.length])
                .asType(MethodType.methodType(Record.class, Slots.class));
    }

    private static MethodHandle fromSlots(int component, Class<?> type) throws ReflectiveOperationException {
        MethodHandles.Lookup here = MethodHandles.lookup();
        MethodType result = MethodType.methodType(type, Slots.class);
        if (!type.isPrimitive()) {
            MethodHandle reference =
                    here.findVirtual(Slots.class, "reference", MethodType.methodType(Object.class, int.class));
            return MethodHandles.insertArguments(reference, 1, component).asType(result);
        }
        MethodHandle number = here.findVirtual(Slots.class, "number", MethodType.methodType(long.class, int.class));
        MethodHandle ofComponent = MethodHandles.insertArguments(number, 1, component);
        if (type == double.class) {
            return MethodHandles.filterReturnValue(
                    ofComponent,
                    here.findStatic(Double.class, "longBitsToDouble", MethodType.methodType(double.class, long.class)));
        }
        return MethodHandles.explicitCastArguments(ofComponent, result);
    }

    /** An accessor as (Record)long or (Record)Object. */
    private static MethodHandle accessor(RecordComponent component) throws ReflectiveOperationException {
        MethodHandle accessor = MethodHandles.publicLookup().unreflect(component.getAccessor());
        if (!component.getType().isPrimitive()) {
            return accessor.asType(MethodType.methodType(Object.class, Record.class));
        }
        if (component.getType() == double.class) {
            accessor = MethodHandles.filterReturnValue(
                    accessor,
                    MethodHandles.lookup()
                            .findStatic(
                                    Double.class,
                                    "doubleToRawLongBits",
                                    MethodType.methodType(long.class, double.class)));
        }
        return MethodHandles.explicitCastArguments(accessor, MethodType.methodType(long.class, Record.class));
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
            throw new IllegalStateException(component + " cannot have the default " + given.value());
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
        return type == ByteBuffer.class ? ByteBuffer.allocate(0).asReadOnlyBuffer() : null;
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
