package io.tailrace.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One key of a configuration file: its name, what it accepts, its default and what it is for.
 *
 * @param <T> the type of its value
 * @param name the key as it is written in the file
 * @param expected what a value must be, as an error tells it: "a whole number from 0 to 65535"
 * @param defaultText the default as it would be written in the file, or null where a value is required
 * @param doc what the key does, with its unit, as a sentence or two
 * @param parser makes the value of its trimmed text; throws {@link IllegalArgumentException} on any other
 */
public record ConfigKey<T>(
        String name, String expected, @Nullable String defaultText, String doc, Function<String, T> parser) {

    private static final Pattern LIST_SEPARATOR = Pattern.compile("\\s*,\\s*");

    /**
     * The value of a text.
     *
     * @throws IllegalArgumentException naming key, text and what is expected
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

    /** A key that takes any text; an empty one where that is the default or the doc says so. */
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
            default -> throw new IllegalArgumentException("neither");
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

    /** A key that takes the name of one of an enum's constants, in lower case with dashes for underscores. */
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
                        .orElseThrow(() -> new IllegalArgumentException("no such choice")));
    }

    private static String choiceName(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static @Nullable String textOf(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
