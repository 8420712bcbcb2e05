package io.tailrace.loader.verify;

import org.jspecify.annotations.Nullable;

/** Gives a value of an event back the form that it had in the writer's schema. */
@FunctionalInterface
interface Restoration {
    @Nullable
    Object of(@Nullable Object value) throws AlteredValueException, LostValueException;

    /** What cannot be restored. */
    static Restoration lost(String reason) {
        return value -> {
            throw new LostValueException(reason);
        };
    }

    /** A value that is the same in both schemas. */
    static Restoration same(String path) {
        return value -> nonNull(value, path);
    }

    /** The value; null is no value of the writer's schema. */
    static Object nonNull(@Nullable Object value, String path) throws AlteredValueException {
        if (value == null) {
            throw new AlteredValueException("field " + path + ": expected a value, found null");
        }
        return value;
    }
}
