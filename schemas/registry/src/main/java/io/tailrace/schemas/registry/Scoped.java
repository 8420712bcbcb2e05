package io.tailrace.schemas.registry;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A setting of all subjects, which a subject may have a value of its own for. Not thread-safe. */
final class Scoped<T> {
    private final Map<String, T> values = new HashMap<>();
    private @Nullable T global;

    /**
     * Sets or removes a value.
     *
     * @param subject null for all subjects without a value of their own
     * @param value null removes it
     */
    void apply(@Nullable String subject, @Nullable T value) {
        if (subject == null) {
            global = value;
        } else if (value == null) {
            values.remove(subject);
        } else {
            values.put(subject, value);
        }
    }

    /**
     * The value that was set.
     *
     * @param subject null for that of all subjects without a value of their own
     */
    Optional<T> set(@Nullable String subject) {
        return Optional.ofNullable(subject == null ? global : values.get(subject));
    }
}
