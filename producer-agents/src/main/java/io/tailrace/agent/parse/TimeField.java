package io.tailrace.agent.parse;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Reads an event's time from one of its fields.
 *
 * @param field the field's name
 * @param toMs milliseconds since the epoch; throws {@link DateTimeException} or {@link NumberFormatException}
 */
record TimeField(String field, ToLongFunction<String> toMs) {

    /**
     * A field in a named format: {@code iso} (with offset, else UTC), {@code epoch-millis}, {@code epoch-seconds} (a
     * fraction is allowed), or a pattern of {@link DateTimeFormatter}.
     *
     * @throws IllegalArgumentException if the format is none of them
     */
    static TimeField of(String field, String format) {
        return new TimeField(
                field,
                switch (format) {
                    case "iso" -> text -> millis(DateTimeFormatter.ISO_DATE_TIME, text);
                    case "epoch-millis" -> Long::parseLong;
                    case "epoch-seconds" -> TimeField::fromSeconds;
                    default -> {
                        DateTimeFormatter formatter = DateTimeFormatter.ofPattern(format, Locale.ROOT);
                        yield text -> millis(formatter, text);
                    }
                });
    }

    private static long fromSeconds(String text) {
        double seconds = Double.parseDouble(text);
        if (!Double.isFinite(seconds)) {
            throw new NumberFormatException(text + " is no time");
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

    /** Makes an event of a line and its fields, with the time that the field says. */
    LineParser.Outcome event(String line, Map<String, String> fields) {
        String text = fields.get(field);
        if (text == null) {
            return new LineParser.Rejected("no field \"" + field + "\" to take the time from");
        }
        try {
            return RawParser.event(line, fields, toMs.applyAsLong(text));
        } catch (DateTimeException | NumberFormatException e) {
            return new LineParser.Rejected("field \"" + field + "\" is no time: \"" + text + "\"");
        }
    }
}
