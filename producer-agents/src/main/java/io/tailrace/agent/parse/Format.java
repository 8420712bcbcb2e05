package io.tailrace.agent.parse;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the lines of a source look like.
 *
 * @param kind the format's name
 * @param pattern the log format of {@link Kind#LOGFORMAT}, the expression of {@link Kind#REGEX}; else empty
 * @param timeField which field of a {@link Kind#JSON} or {@link Kind#REGEX} line tells its time; empty for the time at
 *     which it is read
 * @param timeFormat how it tells it: {@code iso}, {@code epoch-millis}, {@code epoch-seconds}, or a date pattern
 */
public record Format(Kind kind, String pattern, String timeField, String timeFormat) {

    /** The formats by name. */
    public enum Kind {
        /** Apache's and nginx's default with referrer and user agent. */
        COMBINED,
        /** The format of the first web servers. */
        COMMON,
        /** An Apache LogFormat or nginx log_format. */
        LOGFORMAT,
        /** One JSON object a line. */
        JSON,
        /** A regular expression with named groups. */
        REGEX,
        /** Any line. */
        RAW
    }

    /**
     * A parser for the format. Each thread needs its own.
     *
     * @throws IllegalArgumentException if the pattern or the time format is none
     */
    public LineParser parser() {
        return switch (kind) {
            case COMBINED -> new AccessLogParser("combined");
            case COMMON -> new AccessLogParser("common");
            case LOGFORMAT -> new AccessLogParser(pattern);
            case JSON -> new JsonParser(time());
            case REGEX -> new RegexParser(Pattern.compile(pattern), time());
            case RAW -> new RawParser();
        };
    }

    private Optional<TimeField> time() {
        return timeField.isEmpty() ? Optional.empty() : Optional.of(TimeField.of(timeField, timeFormat));
    }
}
