package io.tailrace.agent.parse;

import io.tailrace.agent.parse.LogValue.Column;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The format of an access log, as the server's configuration has it: values and the text between them. Immutable.
 *
 * @param parts in their order; neither two texts nor two values follow each other
 */
record LogFormat(List<Part> parts) {
    LogFormat {
        parts = List.copyOf(parts);
    }

    /** A part of every line. */
    sealed interface Part {}

    /** Text that is the same in every line. */
    record Text(String text) implements Part {}

    /** A value. */
    record Value(LogValue value) implements Part {}

    /**
     * Reads a format: {@code combined}, {@code common}, an Apache LogFormat or an nginx log_format, with or without the directive
     * and the quotes around it.
     *
     * @throws IllegalArgumentException if it is invalid, has a directive that is not known, or lacks the client, the time or the
     *     status; the message names the part
     */
    static LogFormat of(String text) {
        String format = LogFormatText.unquoted(text);
        List<Part> parts = merged(
                format.indexOf('$') >= 0 && format.indexOf('%') < 0
                        ? NginxLogFormat.parts(format)
                        : ApacheLogFormat.parts(format));
        checkSeparated(format, parts);
        LogFormat read = new LogFormat(withOneValuePerColumn(parts));
        read.checkColumns(format);
        return read;
    }

    /** Joins texts that follow each other, and the path with its query string. */
    private static List<Part> merged(List<Part> parts) {
        List<Part> merged = new ArrayList<>();
        for (Part part : parts) {
            Part last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (part instanceof Text text && last instanceof Text before) {
                merged.set(merged.size() - 1, new Text(before.text + text.text));
            } else if (!(isQueryString(part) && isPath(last))) {
                merged.add(part);
            }
        }
        return merged;
    }

    private static boolean isPath(@Nullable Part part) {
        return part instanceof Value value && value.value.column() == Column.PATH;
    }

    private static boolean isQueryString(Part part) {
        return part instanceof Value value && value.value.name().equals(ApacheLogFormat.QUERY_STRING);
    }

    private static void checkSeparated(String format, List<Part> parts) {
        for (int i = 1; i < parts.size(); i++) {
            if (parts.get(i) instanceof Value second && parts.get(i - 1) instanceof Value first) {
                throw new IllegalArgumentException("log format \"" + format + "\": expected text between "
                        + first.value.name() + " and " + second.value.name());
            }
            boolean isSpace = parts.get(i) instanceof Text text && text.text.equals(" ");
            if (isSpace && isText(parts.get(i - 1)) && i + 1 < parts.size() && isText(parts.get(i + 1))) {
                throw new IllegalArgumentException("log format \"" + format
                        + "\": expected quotes around values that may contain spaces: " + nameOf(parts.get(i - 1))
                        + " and "
                        + nameOf(parts.get(i + 1)));
            }
        }
    }

    private static boolean isText(Part part) {
        return part instanceof Value value && value.value.shape() == LogValue.Shape.TEXT;
    }

    private static String nameOf(Part part) {
        return part instanceof Value value ? value.value.name() : "";
    }

    /** Of several values for one column, the best one gets it, and the others become fields. A second field of one name is ignored. */
    private static List<Part> withOneValuePerColumn(List<Part> parts) {
        Set<String> names = new HashSet<>();
        Set<Column> taken = EnumSet.noneOf(Column.class);
        List<Part> result = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Value value && isField(value.value, parts)) {
                LogValue field = value.value.asField();
                result.add(new Value(names.add(field.name()) ? field : field.ignored()));
            } else if (part instanceof Value value && !taken.add(value.value.column())) {
                result.add(new Value(value.value.ignored()));
            } else {
                result.add(part);
            }
        }
        return result;
    }

    private static boolean isField(LogValue value, List<Part> parts) {
        if (value.column() == Column.FIELD) {
            return true;
        }
        LogValue best = null;
        for (Part part : parts) {
            if (part instanceof Value other
                    && other.value.column() == value.column()
                    && (best == null || other.value.rank() < best.rank())) {
                best = other.value;
            }
        }
        return !value.equals(best) || (isInRequestLine(value.column()) && hasColumn(parts, Column.REQUEST_LINE));
    }

    private static boolean isInRequestLine(Column column) {
        return column == Column.METHOD || column == Column.PATH || column == Column.PROTOCOL;
    }

    private static boolean hasColumn(List<Part> parts, Column column) {
        return parts.stream().anyMatch(part -> part instanceof Value value && value.value.column() == column);
    }

    private void checkColumns(String format) {
        List<String> missing = new ArrayList<>();
        if (!hasColumn(parts, Column.CLIENT_ADDRESS)) {
            missing.add("the client (%h, $remote_addr)");
        }
        if (!hasColumn(parts, Column.TIME)) {
            missing.add("the time (%t, $time_local)");
        }
        if (!hasColumn(parts, Column.STATUS)) {
            missing.add("the status (%>s, $status)");
        }
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("log format \"" + format + "\": expected " + String.join(", ", missing));
        }
    }
}
