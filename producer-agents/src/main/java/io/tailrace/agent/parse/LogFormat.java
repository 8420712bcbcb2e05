package io.tailrace.agent.parse;

import io.tailrace.agent.parse.LogValue.Column;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The format of an access log, as the server's configuration has it: values and the text between them. Immutable.
 *
 * @param parts in their order; no text follows a text, and only a path follows another value
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
        List<Part> read = isNginx(format) ? NginxLogFormat.parts(format) : ApacheLogFormat.parts(format);
        List<Part> parts = ValueRuns.settled(format, JoinedParts.of(format, read));
        LogFormat result = new LogFormat(withOneValuePerColumn(parts));
        result.checkColumns(format);
        return result;
    }

    private static boolean isNginx(String format) {
        return NginxLogFormat.hasVariable(format) && !ApacheLogFormat.hasDirective(format);
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
