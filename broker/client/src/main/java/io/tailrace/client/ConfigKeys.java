package io.tailrace.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;

/** The keys that configuration files know, each with the builder method it stands for. */
final class ConfigKeys<B> {
    private final Map<String, BiConsumer<B, String>> setters = new LinkedHashMap<>();

    ConfigKeys<B> text(String key, BiConsumer<B, String> setter) {
        setters.put(key, setter);
        return this;
    }

    ConfigKeys<B> number(String key, ObjIntConsumer<B> setter) {
        return text(key, (builder, value) -> setter.accept(builder, Integer.parseInt(value)));
    }

    /** All keys of {@code other}, set on the part of this builder that {@code part} finds. */
    <P> ConfigKeys<B> including(ConfigKeys<P> other, Function<B, P> part) {
        other.setters.forEach(
                (key, setter) -> text(key, (builder, value) -> setter.accept(part.apply(builder), value)));
        return this;
    }

    void apply(B builder, String key, String value) {
        BiConsumer<B, String> setter = setters.get(key);
        if (setter == null) {
            throw new IllegalArgumentException("unknown key " + key + "; known are " + new TreeSet<>(setters.keySet()));
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
