package io.tailrace.agent.parse;

import java.util.Map;
import java.util.Optional;

/**
 * The format of a source's lines. Immutable.
 *
 * @param kind the format's name
 * @param pattern the log format of {@link Kind#LOGFORMAT}, the expression of {@link Kind#REGEX}; else empty
 * @param timeField the field of a {@link Kind#JSON}, {@link Kind#LOGFMT} or {@link Kind#REGEX} line that holds the event time; empty for the
 *     time when the line is read
 * @param timeFormat the field's format: {@code iso}, {@code epoch-millis}, {@code epoch-micros}, {@code epoch-nanos},
 *     {@code epoch-seconds}, or a date pattern
 */
public record Format(Kind kind, String pattern, String timeField, String timeFormat) {

    /** The known formats. */
    public enum Kind {
        /** Apache's combined log format, which is nginx's default. */
        COMBINED,
        /** The common log format: without referrer and user agent. */
        COMMON,
        /** Debian's vhost_combined: the combined format behind the host and its port. */
        VHOST_COMBINED,
        /** An Apache LogFormat or nginx log_format. */
        LOGFORMAT,
        /** One JSON object per line. */
        JSON,
        /** Pairs of {@code key=value}, with quotes around values that contain spaces. */
        LOGFMT,
        /** A regular expression with named groups. */
        REGEX,
        /** Any text. */
        RAW
    }

    /** Whether a record of the format may consist of several lines. */
    public boolean mayBeMultiline() {
        return switch (kind) {
            case COMBINED, COMMON, VHOST_COMBINED, LOGFORMAT -> false;
            case JSON, LOGFMT, REGEX, RAW -> true;
        };
    }

    /**
     * A parser for the format. Each thread needs its own.
     *
     * @param fields fields of every record
     * @throws IllegalArgumentException if the pattern or the time format is invalid
     */
    public LineParser parser(Map<String, String> fields) {
        FixedFields fixed = new FixedFields(fields);
        return switch (kind) {
            case COMBINED -> new AccessLogParser(LogFormat.of("combined"), fixed);
            case COMMON -> new AccessLogParser(LogFormat.of("common"), fixed);
            case VHOST_COMBINED -> new AccessLogParser(LogFormat.of("vhost_combined"), fixed);
            case LOGFORMAT -> new AccessLogParser(LogFormat.of(pattern), fixed);
            case JSON -> new JsonParser(time(), fixed);
            case LOGFMT -> new LogfmtParser(time(), fixed);
            case REGEX -> new RegexParser(pattern, time(), fixed);
            case RAW -> new RawParser(fixed);
        };
    }

    private Optional<TimeField> time() {
        return timeField.isEmpty() ? Optional.empty() : Optional.of(TimeField.of(timeField, timeFormat));
    }
}
