package io.tailrace.agent.parse;

import io.tailrace.agent.parse.LogValue.Shape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds where one value of a log format ends in a line. Immutable. */
final class ValueMatcher {
    /** Between the groups of a list. */
    private static final byte[] COLON = utf8(" : ");

    private final LogValue value;
    private final byte[] before;
    /** Expected after the value; empty at the end of the line, and before a path. */
    private final byte[] after;

    private final boolean isQuoted;
    /** What follows an unquoted value that may contain {@link #after}; null if it ends at the first one. */
    private final @Nullable Run run;
    /** The path that begins where this value ends; null if there is text between them. */
    private final @Nullable ValueMatcher path;
    /** How often every such value contains a space, or {@link #after}, as a time. */
    private final int inside;

    /**
     * The remaining values of a run.
     *
     * @param separators how many separators they have, the one before them included
     * @param end the text behind them; empty at the end of the line
     */
    private record Run(int separators, byte[] end) {}

    private ValueMatcher(List<LogFormat.Part> parts, int at, @Nullable ValueMatcher path) {
        value = ((LogFormat.Value) parts.get(at)).value();
        this.path = path;
        String following = text(parts, at + 1);
        before = utf8(text(parts, at - 1));
        after = utf8(following);
        isQuoted = isQuoted(parts, at);
        run = isQuoted ? null : run(parts, at, following);
        inside = occurrences(value, following.isEmpty() || following.startsWith(" ") ? " " : following);
    }

    /** One matcher for each value of a format, in their order. */
    static List<ValueMatcher> of(LogFormat format) {
        List<LogFormat.Part> parts = format.parts();
        List<ValueMatcher> matchers = new ArrayList<>();
        ValueMatcher next = null;
        for (int at = parts.size() - 1; at >= 0; at--) {
            if (isValue(parts, at)) {
                next = new ValueMatcher(parts, at, isValue(parts, at + 1) ? next : null);
                matchers.add(0, next);
            }
        }
        return matchers;
    }

    LogValue value() {
        return value;
    }

    private static int occurrences(LogValue value, String text) {
        return value.time() == null ? 0 : value.time().occurrences(text);
    }

    private static boolean isValue(List<LogFormat.Part> parts, int at) {
        return at >= 0 && at < parts.size() && parts.get(at) instanceof LogFormat.Value;
    }

    /** The text at a place, or an empty one if there is none. */
    private static String text(List<LogFormat.Part> parts, int at) {
        return at >= 0 && at < parts.size() && parts.get(at) instanceof LogFormat.Text text ? text.text() : "";
    }

    private static boolean isQuoted(List<LogFormat.Part> parts, int at) {
        int first = isValue(parts, at - 1) ? at - 1 : at;
        int last = isValue(parts, at + 1) ? at + 1 : at;
        return text(parts, first - 1).endsWith("\"") && text(parts, last + 1).startsWith("\"");
    }

    /** The values behind one that has no quotes, as long as the same separator is between them; null if there are none. */
    private static @Nullable Run run(List<LogFormat.Part> parts, int at, String separator) {
        boolean mayContainIt =
                switch (((LogFormat.Value) parts.get(at)).value().shape()) {
                    case WORD, ADDRESS, TIME -> false;
                    case LIST -> !separator.startsWith(" ");
                    case PATH, TEXT, UNKNOWN -> true;
                };
        if (!mayContainIt || !ValueRuns.isSeparator(separator)) {
            return null;
        }
        int separators = 0;
        int last = at;
        while (text(parts, last + 1).equals(separator) && isValue(parts, last + 2) && !isQuoted(parts, last + 2)) {
            last += isValue(parts, last + 3) ? 3 : 2;
            separators += 1 + occurrences(((LogFormat.Value) parts.get(last)).value(), separator);
        }
        return separators == 0 ? null : new Run(separators, utf8(text(parts, last + 1)));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Where the first value of a line starts, or -1. */
    int start(byte[] line, int from, int to) {
        return isAt(line, from, to, before) ? from + before.length : -1;
    }

    /** Where the value behind this one starts, or -1 if this one does not end as the format has it. */
    int next(byte[] line, int end, int to) {
        return isAt(line, end, to, after) ? end + after.length : -1;
    }

    String expectedBefore() {
        return "expected " + quoted(before) + " before " + value.name();
    }

    String expectedAfter() {
        String text = path != null ? "a path" : after.length == 0 ? "the end of the line" : quoted(after);
        return "expected " + text + " after " + value.name();
    }

    private static String quoted(byte[] text) {
        return "'" + new String(text, StandardCharsets.UTF_8) + "'";
    }

    static boolean isAt(byte[] line, int at, int to, byte[] expected) {
        return at >= 0
                && to - at >= expected.length
                && Arrays.equals(line, at, at + expected.length, expected, 0, expected.length);
    }

    /** The next quote that has no backslash before it, or -1. */
    private static int quoteFrom(byte[] line, int from, int to) {
        for (int at = from; at < to; at++) {
            if (line[at] == '"') {
                return at;
            }
            if (line[at] == '\\') {
                at++;
            }
        }
        return -1;
    }

    /** Where a path begins that directly follows another value: at a slash, or at the asterisk of OPTIONS; or -1. */
    private static int pathFrom(ValueMatcher path, byte[] line, int from, int to) {
        int end = path.end(line, from, to);
        int at = from;
        while (at < end && line[at] != '/') {
            at++;
        }
        return at == end && end > from && line[end - 1] == '*' ? end - 1 : Math.min(at, end);
    }

    /** Where the value ends that starts at a place, or -1. */
    int end(byte[] line, int from, int to) {
        if (path != null) {
            return pathFrom(path, line, from, to);
        }
        if (isQuoted) {
            return quoteFrom(line, from, to);
        }
        if (run != null) {
            return endBeforeRun(run, after, line, from, to);
        }
        boolean endsAtSpace = after.length == 0 || after[0] == ' ';
        int end = endsAtSpace ? endAtSpace(line, from, to) : endBeforeText(line, from, to);
        boolean isEmpty = end == from && endsAtSpace && value.shape() != Shape.PATH;
        boolean hasSpace = end >= 0 && isWord(value.shape()) && wordEnd(line, from, end) < end;
        return isEmpty || hasSpace ? -1 : end;
    }

    /** Where a value ends behind which a run has as many separators as it must. */
    private static int endBeforeRun(Run run, byte[] separator, byte[] line, int from, int to) {
        int end = run.end.length == 0 ? to : find(run.end, line, from, to);
        for (int left = run.separators; left > 0 && end >= 0; left--) {
            int at = end - separator.length;
            while (at >= from && !isAt(line, at, to, separator)) {
                at--;
            }
            end = at < from ? -1 : at;
        }
        return end;
    }

    private static boolean isWord(Shape shape) {
        return shape == Shape.WORD || shape == Shape.ADDRESS;
    }

    private int endBeforeText(byte[] line, int from, int to) {
        int first = find(after, line, from, to);
        for (int left = inside; left > 0 && first >= 0; left--) {
            first = find(after, line, first + after.length, to);
        }
        if (value.shape() != Shape.ADDRESS || after[0] != ':') {
            return first;
        }
        // A port follows. The address has colons of its own if it is one of IPv6.
        int end = first;
        int at = from;
        while (at < to && isAddressCharacter(line[at])) {
            end = isAt(line, at, to, after) ? at : end;
            at++;
        }
        return end;
    }

    private static boolean isAddressCharacter(byte c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || ":.%-_[]".indexOf(c) >= 0;
    }

    private int endAtSpace(byte[] line, int from, int to) {
        int end = wordEnd(line, from, to);
        if (value.shape() == Shape.TIME) {
            for (int space = 0; space < inside && end < to; space++) {
                end = wordEnd(line, end + 1, to);
            }
            return end;
        }
        while (end > from && end < to && continues(line, end, to)) {
            end = wordEnd(line, end + 1, to);
        }
        return end;
    }

    /** Whether a value goes on behind the space at its apparent end. */
    private boolean continues(byte[] line, int space, int to) {
        return switch (value.shape()) {
            case WORD, ADDRESS, TIME -> false;
            case LIST -> line[space - 1] == ',' || isAt(line, space, to, COLON) || isAt(line, space - 2, to, COLON);
            case PATH, TEXT, UNKNOWN -> after.length == 0 || !isAt(line, space, to, after);
        };
    }

    private static int wordEnd(byte[] line, int from, int to) {
        int at = from;
        while (at < to && line[at] != ' ') {
            at++;
        }
        return at;
    }

    private static int find(byte[] text, byte[] line, int from, int to) {
        for (int at = from; at <= to - text.length; at++) {
            if (line[at] == text[0] && isAt(line, at, to, text)) {
                return at;
            }
        }
        return -1;
    }
}
