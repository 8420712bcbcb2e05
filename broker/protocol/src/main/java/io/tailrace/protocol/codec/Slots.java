package io.tailrace.protocol.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A stack of records that are being read: the components of each until its constructor is called. Numbers stay
 * unboxed. Not thread-safe; one per message.
 */
final class Slots {
    private long[] numbers = new long[32];
    private @Nullable Object[] references = new @Nullable Object[32];
    private int base;
    private int top;

    /** Begins a record, every component at its default; returns what {@link #leave} wants back. */
    int enter(long[] numberDefaults, @Nullable Object[] referenceDefaults) {
        int callerBase = base;
        int size = numberDefaults.length;
        base = top;
        top += size;
        if (top > numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * top);
            references = Arrays.copyOf(references, 2 * top);
        }
        System.arraycopy(numberDefaults, 0, numbers, base, size);
        System.arraycopy(referenceDefaults, 0, references, base, size);
        return callerBase;
    }

    /** Ends the record begun last. */
    void leave(int callerBase) {
        top = base;
        base = callerBase;
    }

    long number(int component) {
        return numbers[base + component];
    }

    @Nullable
    Object reference(int component) {
        return references[base + component];
    }

    void set(int component, long value) {
        numbers[base + component] = value;
    }

    void set(int component, @Nullable Object value) {
        references[base + component] = value;
    }
}
