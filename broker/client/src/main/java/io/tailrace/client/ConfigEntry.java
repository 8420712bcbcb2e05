package io.tailrace.client;

import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One setting and its current value.
 *
 * @param name the key
 * @param value the value, or null if it is secret
 * @param isDefault whether it is the default
 */
public record ConfigEntry(String name, @Nullable String value, boolean isDefault) {
    /** The value of the setting with a name; empty if it is not among these, or is secret. */
    public static Optional<String> valueOf(Collection<ConfigEntry> entries, String name) {
        return entries.stream()
                .filter(entry -> entry.name.equals(name))
                .flatMap(entry -> Optional.ofNullable(entry.value).stream())
                .findFirst();
    }
}
