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
 * Reads the event time from one of a line's fields.
 *
 * @param field the field's name
 * @param toMs milliseconds since the epoch; throws {@link DateTimeException} or {@link NumberFormatException}
 */
record TimeField(String field, ToLongFunction<String> toMs) {

    /**
     * A field in one of these formats: {@code iso} (UTC if it has no offset), {@code epoch-millis},
     * {@code epoch-seconds} (a fraction is allowed), or a pattern of {@link DateTimeFormatter}.
     *
     * @throws IllegalArgumentException if the format is none of these
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

    /** The event of a line and its fields, with the time from this field. */
    LineParser.Outcome event(String line, Map<String, String> fields) {
        String text = fields.get(field);
        if (text == null) {
            return new LineParser.Rejected("no field \"" + field + "\", which should hold the time");
        }
        try {
            return RawParser.event(line, fields, toMs.applyAsLong(text));
        } catch (DateTimeException | NumberFormatException e) {
            return new LineParser.Rejected("field \"" + field + "\": expected a time, found \"" + text + "\"");
        }
    }
}
