package io.tailrace.agent.parse;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads the event time from one of a line's fields.
 *
 * @param field the field's name
 * @param toMs milliseconds since the epoch; throws {@link DateTimeException} or {@link NumberFormatException}
 */
record TimeField(String field, ToLongFunction<String> toMs) {

    /**
     * A field in one of these formats: {@code iso} ({@link IsoTime}), {@code epoch-millis},
     * {@code epoch-micros}, {@code epoch-nanos}, {@code epoch-seconds} (a fraction is allowed), or a pattern of {@link DateTimeFormatter}.
     *
     * @throws IllegalArgumentException if the format is none of these
     */
    static TimeField of(String field, String format) {
        return new TimeField(
                field,
                switch (format) {
                    case "iso" -> IsoTime::ms;
                    case "epoch-millis" -> Long::parseLong;
                    case "epoch-micros" -> text -> Math.floorDiv(Long.parseLong(text), 1_000);
                    case "epoch-nanos" -> text -> Math.floorDiv(Long.parseLong(text), 1_000_000);
                    case "epoch-seconds" -> TimeField::fromSeconds;
                    default -> {
                        DateTimeFormatter formatter = strict(format);
                        yield text -> millis(formatter, text);
                    }
                });
    }

    /** A formatter that refuses 31 April. That takes the year of the calendar, u, in place of the year of the era, y. */
    private static DateTimeFormatter strict(String pattern) {
        StringBuilder strict = new StringBuilder();
        boolean isQuoted = false;
        for (int at = 0; at < pattern.length(); at++) {
            char c = pattern.charAt(at);
            isQuoted ^= c == '\'';
            strict.append(c == 'y' && !isQuoted ? 'u' : c);
        }
        return DateTimeFormatter.ofPattern(strict.toString(), Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);
    }

    private static long fromSeconds(String text) {
        double seconds = Double.parseDouble(text);
        if (!Double.isFinite(seconds)) {
            throw new NumberFormatException(text + " is not a time");
        }
        return Math.round(seconds * 1000);
    }

    private static long millis(DateTimeFormatter formatter, String text) {
        TemporalAccessor time = formatter.parseBest(text, ZonedDateTime::from, Instant::from, LocalDateTime::from);
        if (time instanceof LocalDateTime local) {
            return local.toInstant(ZoneOffset.UTC).toEpochMilli();
        }
        return Instant.from(time).toEpochMilli();
    }

    /**
     * A line's time.
     *
     * @param rejection why there is none, else null
     */
    record Outcome(long ms, @Nullable String rejection) {}

    /** The time in a line's fields. */
    Outcome timeOf(Map<String, String> fields) {
        String text = fields.get(field);
        if (text == null) {
            return new Outcome(0, "no field \"" + field + "\", which should hold the time");
        }
        try {
            return new Outcome(toMs.applyAsLong(text), null);
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            return new Outcome(0, "field \"" + field + "\": expected a time, found \"" + text + "\"");
        }
    }
}
