package io.tailrace.agent.parse;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * The format of a time in an access log. A time without an offset is in UTC.
 *
 * @param time reads such a time
 * @param sample such a time; empty for one without spaces
 */
record TimeFormat(LogTime time, String sample) {
    /** That of {@code %t} and {@code $time_local}, without brackets. */
    static final TimeFormat COMMON = new TimeFormat(LogTime.COMMON, "17/May/2015:10:05:03 +0000");

    private static final ZonedDateTime SAMPLE = ZonedDateTime.of(2015, 5, 17, 10, 5, 3, 0, ZoneOffset.UTC);

    /** A format of {@link TimeField} without spaces. */
    static TimeFormat of(String format) {
        return new TimeFormat(LogTime.of(format), "");
    }

    /**
     * Reads formats of {@code strftime}, as in Apache's {@code %{...}t}, and the texts between them, in turn. A format may also be
     * {@code msec_frac} or {@code usec_frac}: the fraction of the second.
     *
     * @throws IllegalArgumentException if a conversion is not supported, or the date or the time of day is missing
     */
    static TimeFormat ofStrftime(List<String> pieces) {
        StringBuilder pattern = new StringBuilder();
        for (String piece : pieces) {
            pattern.append(
                    switch (piece) {
                        case "msec_frac" -> "SSS";
                        case "usec_frac" -> "SSSSSS";
                        // A text has no percent sign.
                        default -> pattern(piece);
                    });
        }
        String sample =
                DateTimeFormatter.ofPattern(pattern.toString(), Locale.ENGLISH).format(SAMPLE);
        LogTime time = LogTime.of(pattern.toString());
        byte[] text = sample.getBytes(StandardCharsets.UTF_8);
        if (time.ms(text, 0, text.length) == LogTime.INVALID) {
            throw new IllegalArgumentException("time format \"" + String.join("", pieces)
                    + "\": expected a date and a time of day, as in %d/%b/%Y:%H:%M:%S %z");
        }
        return new TimeFormat(time, sample);
    }

    /** How often every such time contains a text. */
    int occurrences(String text) {
        int count = 0;
        for (int at = sample.indexOf(text); at >= 0 && !text.isEmpty(); at = sample.indexOf(text, at + text.length())) {
            count++;
        }
        return count;
    }

    private static String pattern(String format) {
        StringBuilder pattern = new StringBuilder();
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < format.length(); at++) {
            char c = format.charAt(at);
            if (c == '%' && at + 1 < format.length() && format.charAt(at + 1) != '%') {
                at++;
                pattern.append(quoted(text)).append(conversion(format, format.charAt(at)));
            } else {
                at += c == '%' ? 1 : 0;
                text.append(c);
            }
        }
        return pattern.append(quoted(text)).toString();
    }

    /** Takes text that stands for itself. */
    private static String quoted(StringBuilder text) {
        String quoted = text.length() == 0 ? "" : "'" + text.toString().replace("'", "''") + "'";
        text.setLength(0);
        return quoted;
    }

    private static String conversion(String format, char conversion) {
        return switch (conversion) {
            case 'a' -> "EEE";
            case 'A' -> "EEEE";
            case 'b', 'h' -> "MMM";
            case 'B' -> "MMMM";
            case 'c' -> "EEE MMM ppd HH:mm:ss uuuu";
            case 'd' -> "dd";
            case 'D' -> "MM/dd/uu";
            case 'e' -> "ppd";
            case 'F' -> "uuuu-MM-dd";
            case 'H' -> "HH";
            case 'I' -> "hh";
            case 'j' -> "DDD";
            case 'k' -> "ppH";
            case 'l' -> "pph";
            case 'm' -> "MM";
            case 'M' -> "mm";
            case 'p' -> "a";
            case 'r' -> "hh:mm:ss a";
            case 'R' -> "HH:mm";
            case 'S' -> "ss";
            case 'T' -> "HH:mm:ss";
            case 'x' -> "MM/dd/uu";
            case 'X' -> "HH:mm:ss";
            case 'y' -> "uu";
            case 'Y' -> "uuuu";
            case 'z' -> "xx";
            case 'Z' -> "zzz";
            default ->
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "time format \"%s\": conversion %%%c is not supported", format, conversion));
        };
    }
}
