package io.tailrace.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;

/** Configuration keys, each with the builder method that it calls. */
final class BuilderKeys<B> {
    private final Map<String, BiConsumer<B, String>> setters = new LinkedHashMap<>();

    BuilderKeys<B> text(String key, BiConsumer<B, String> setter) {
        setters.put(key, setter);
        return this;
    }

    BuilderKeys<B> number(String key, ObjIntConsumer<B> setter) {
        return text(key, (builder, value) -> setter.accept(builder, Integer.parseInt(value)));
    }

    /** Adds all keys of {@code other}, applied to the part of this builder that {@code part} returns. */
    <P> BuilderKeys<B> including(BuilderKeys<P> other, Function<B, P> part) {
        other.setters.forEach(
                (key, setter) -> text(key, (builder, value) -> setter.accept(part.apply(builder), value)));
        return this;
    }

    /** Sets all keys on the builder, and returns it. */
    B apply(B builder, Map<String, String> properties) {
        properties.forEach((key, value) -> apply(builder, key, value));
        return builder;
    }

    void apply(B builder, String key, String value) {
        BiConsumer<B, String> setter = setters.get(key);
        if (setter == null) {
            throw new IllegalArgumentException(
                    "unknown key " + key + ", expected one of " + new TreeSet<>(setters.keySet()));
        }
        try {
            setter.accept(builder, value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key + "=" + value + ": expected a number", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + "=" + value + ": " + e.getMessage(), e);
        }
    }

    static boolean parseBoolean(String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("expected true or false");
        };
    }

    static void check(boolean holds, String key, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(key + "=" + value + ": expected " + expected);
        }
    }
}
