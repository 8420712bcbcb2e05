package io.tailrace.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One key of a configuration file: its name, what it accepts, its default and what it does. Immutable.
 *
 * @param <T> the type of its value
 * @param name the key as written in the file
 * @param expected what a value must be, as quoted in errors: "a whole number, from 0 to 65535"
 * @param defaultText the default as it would be written in the file, or null if a value is required
 * @param doc what the key does, with its unit, in a sentence or two
 * @param parser turns trimmed text into a value; throws {@link IllegalArgumentException} if it does not accept the text
 */
public record ConfigKey<T>(
        String name, String expected, @Nullable String defaultText, String doc, Function<String, T> parser) {

    private static final Pattern LIST_SEPARATOR = Pattern.compile("\\s*,\\s*");

    /**
     * Parses a value.
     *
     * @throws IllegalArgumentException if the text is not accepted, naming the key, the text and what was expected
     */
    public T parse(String text) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + "=" + text + ": expected " + expected, e);
        }
    }

    boolean accepts(String text) {
        try {
            T value = parser.apply(text);
            return value != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** A key that takes any text, empty text included. */
    public static ConfigKey<String> text(String name, @Nullable String defaultText, String doc) {
        return new ConfigKey<>(name, "text", defaultText, doc, text -> text);
    }

    /** A key that takes a whole number from {@code min} to {@code max}, both inclusive. */
    public static ConfigKey<Integer> integer(
            String name, @Nullable Integer defaultValue, int min, int max, String doc) {
        return number(name, defaultValue, min, max, doc, Math::toIntExact);
    }

    /** A key that takes a whole number of 64 bits from {@code min} to {@code max}, both inclusive. */
    public static ConfigKey<Long> longInteger(
            String name, @Nullable Long defaultValue, long min, long max, String doc) {
        return number(name, defaultValue, min, max, doc, value -> value);
    }

    private static <T> ConfigKey<T> number(
            String name, @Nullable Object defaultValue, long min, long max, String doc, Function<Long, T> narrow) {
        String bound =
                max == Long.MAX_VALUE || max == Integer.MAX_VALUE ? min + " or more" : "from " + min + " to " + max;
        return new ConfigKey<>(name, "a whole number, " + bound, textOf(defaultValue), doc, text -> {
            long value = Long.parseLong(text);
            if (value < min || value > max) {
                throw new IllegalArgumentException("out of bounds");
            }
            return narrow.apply(value);
        });
    }

    /** A key that takes {@code true} or {@code false}. */
    public static ConfigKey<Boolean> bool(String name, boolean defaultValue, String doc) {
        return new ConfigKey<>(name, "true or false", String.valueOf(defaultValue), doc, text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        });
    }

    /** A key that takes a comma-separated list; empty text is the empty list. */
    public static ConfigKey<List<String>> list(String name, @Nullable String defaultText, String doc) {
        return new ConfigKey<>(
                name,
                "a comma-separated list",
                defaultText,
                doc,
                text -> text.isEmpty() ? List.of() : List.of(LIST_SEPARATOR.split(text)));
    }

    /** A key that takes the name of an enum constant, in lower case with dashes for underscores. */
    public static <E extends Enum<E>> ConfigKey<E> choice(
            String name, Class<E> type, @Nullable E defaultValue, String doc) {
        E[] constants = type.getEnumConstants();
        String names = Arrays.stream(constants).map(ConfigKey::choiceName).collect(Collectors.joining(", "));
        return new ConfigKey<>(
                name,
                "one of " + names,
                defaultValue == null ? null : choiceName(defaultValue),
                doc,
                text -> Arrays.stream(constants)
                        .filter(constant -> choiceName(constant).equals(text))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("unknown choice")));
    }

    private static String choiceName(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static @Nullable String textOf(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
