package io.tailrace.agent.parse;

import io.tailrace.agent.encode.RecordWriter;
import io.tailrace.agent.parse.LogValue.Column;
import io.tailrace.agent.parse.LogValue.Shape;
import io.tailrace.schemas.Schemas;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Parses the access logs of Apache httpd and nginx by the format in the server's configuration.
 *
 * <p>A line is matched from left to right, byte by byte. A quoted value ends at the next quote without a backslash before it;
 * another value ends at the text that follows it in the format. A line that does not fit, or has something left at its end, is
 * rejected: no value is ever taken for its neighbour. Values are copied as the log has them, with their escapes; {@code -} is null.
 * Not thread-safe.
 */
final class AccessLogParser implements LineParser {
    /** Between the groups of a list. */
    private static final byte[] COLON = utf8(" : ");

    private static final List<Column> TEXT_COLUMNS_AFTER_CLIENT =
            List.of(Column.IDENT, Column.USER, Column.METHOD, Column.PATH, Column.PROTOCOL);

    private final List<Piece> pieces = new ArrayList<>();
    /** The index of the value of each column. */
    private final Map<Column, Integer> valueOf = new EnumMap<>(Column.class);

    private final List<Field> fields = new ArrayList<>();
    private final int client;
    private final int time;
    private final TimeFormat timeFormat;
    private final int size;
    private final int status;
    private final int requestLine;

    /** Where each value starts and ends in the line. */
    private final int[] starts;

    private final int[] ends;
    private final RequestLine request = new RequestLine();
    private boolean requestIsSplit;

    /**
     * A value, and the text before and after it.
     *
     * @param before expected before the value
     * @param after expected after it; empty at the end of the line
     */
    private record Piece(byte[] before, byte[] after, boolean isQuoted, LogValue value) {
        String name() {
            return value.name();
        }

        /** How many spaces it has as a time. */
        int spaces() {
            return value.time() == null ? 0 : value.time().spaces();
        }
    }

    /** A value in {@code fields}. */
    private record Field(String name, byte[] utf8, int value) {}

    AccessLogParser(LogFormat format) {
        String before = "";
        List<LogFormat.Part> parts = format.parts();
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i) instanceof LogFormat.Text text) {
                before = text.text();
            } else if (parts.get(i) instanceof LogFormat.Value value) {
                String after =
                        i + 1 < parts.size() && parts.get(i + 1) instanceof LogFormat.Text text ? text.text() : "";
                add(value.value(), before, after);
                before = "";
            }
        }
        fields.sort(Comparator.comparing(Field::name));
        starts = new int[pieces.size()];
        ends = new int[pieces.size()];
        client = index(Column.CLIENT_ADDRESS);
        time = index(Column.TIME);
        timeFormat = Objects.requireNonNull(pieces.get(time).value.time(), "a format has a time");
        size = index(Column.RESPONSE_BYTES);
        status = index(Column.STATUS);
        requestLine = index(Column.REQUEST_LINE);
    }

    private void add(LogValue value, String before, String after) {
        boolean isQuoted = before.endsWith("\"") && after.startsWith("\"");
        int index = pieces.size();
        pieces.add(new Piece(utf8(before), utf8(after), isQuoted, value));
        if (value.column() == Column.FIELD || value.column() == Column.REQUEST_LINE) {
            fields.add(new Field(value.name(), utf8(value.name()), index));
        }
        valueOf.put(value.column(), index);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private int index(Column column) {
        return valueOf.getOrDefault(column, -1);
    }

    @Override
    public Schema schema() {
        return Schemas.ACCESS_LOG_EVENT;
    }

    @Override
    public @Nullable String parse(byte[] utf8, int from, int to, long readMs, RecordWriter out) {
        String mismatch = match(utf8, from, to);
        if (mismatch != null) {
            return mismatch;
        }
        long eventTimeMs = timeFormat.time().ms(utf8, starts[time], ends[time]);
        if (eventTimeMs == LogTime.INVALID) {
            return "expected a time, found \"" + text(utf8, time) + "\"";
        }
        long statusCode = number(utf8, status);
        if (statusCode < 0 || statusCode > Integer.MAX_VALUE) {
            return "status: expected a number, found \"" + text(utf8, status) + "\"";
        }
        boolean hasSize = isPresent(utf8, size);
        long responseBytes = hasSize ? number(utf8, size) : 0;
        if (responseBytes < 0) {
            return "responseBytes: expected a number, found \"" + text(utf8, size) + "\"";
        }
        if (!isPresent(utf8, client) || starts[client] == ends[client]) {
            return "no client";
        }
        requestIsSplit = requestLine >= 0 && request.split(utf8, starts[requestLine], ends[requestLine]);
        out.eventTime(eventTimeMs);
        out.text(utf8, starts[client], ends[client]);
        for (Column column : TEXT_COLUMNS_AFTER_CLIENT) {
            writeText(utf8, column, out);
        }
        out.number(statusCode);
        if (hasSize) {
            out.optionalNumber(responseBytes);
        } else {
            out.absent();
        }
        writeText(utf8, Column.REFERRER, out);
        writeText(utf8, Column.USER_AGENT, out);
        writeFields(utf8, out);
        return null;
    }

    /** Finds the values of a line. Returns null, or why it does not fit. */
    private @Nullable String match(byte[] line, int from, int to) {
        int at = from;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (i == 0) {
                if (!isAt(line, at, to, piece.before)) {
                    return "does not match the log format: expected " + quoted(piece.before) + " before "
                            + piece.name();
                }
                at += piece.before.length;
            }
            int end = piece.isQuoted ? quoteFrom(line, at, to) : endOf(piece, line, at, to);
            if (end < 0 || !isAt(line, end, to, piece.after)) {
                return "does not match the log format: expected "
                        + (piece.after.length == 0 ? "the end of the line" : quoted(piece.after)) + " after "
                        + piece.name();
            }
            starts[i] = at;
            ends[i] = end;
            at = end + piece.after.length;
        }
        return at == to
                ? null
                : "does not match the log format: expected the end of the line after "
                        + pieces.get(pieces.size() - 1).name();
    }

    private static String quoted(byte[] text) {
        return "'" + new String(text, StandardCharsets.UTF_8) + "'";
    }

    private static boolean isAt(byte[] line, int at, int to, byte[] expected) {
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

    /** Where an unquoted value ends, or -1. */
    private static int endOf(Piece piece, byte[] line, int from, int to) {
        boolean endsAtSpace = piece.after.length == 0 || piece.after[0] == ' ';
        int end = endsAtSpace ? endAtSpace(piece, line, from, to) : endBeforeText(piece, line, from, to);
        boolean isEmpty = end == from && endsAtSpace;
        boolean hasSpace = end >= 0 && isWord(piece.value.shape()) && wordEnd(line, from, end) < end;
        return isEmpty || hasSpace ? -1 : end;
    }

    private static boolean isWord(Shape shape) {
        return shape == Shape.WORD || shape == Shape.ADDRESS;
    }

    private static int endBeforeText(Piece piece, byte[] line, int from, int to) {
        int first = find(piece.after, line, from, to);
        if (piece.value.shape() != Shape.ADDRESS || piece.after[0] != ':') {
            return first;
        }
        // A port follows. The address has colons of its own if it is one of IPv6.
        int end = first;
        int at = from;
        while (at < to && isAddressCharacter(line[at])) {
            end = isAt(line, at, to, piece.after) ? at : end;
            at++;
        }
        return end;
    }

    private static boolean isAddressCharacter(byte c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || ":.%-_[]".indexOf(c) >= 0;
    }

    private static int endAtSpace(Piece piece, byte[] line, int from, int to) {
        int end = wordEnd(line, from, to);
        if (piece.value.shape() == Shape.TIME) {
            for (int space = 0; space < piece.spaces() && end < to; space++) {
                end = wordEnd(line, end + 1, to);
            }
            return end;
        }
        while (end > from && end < to && continues(piece, line, end, to)) {
            end = wordEnd(line, end + 1, to);
        }
        return end;
    }

    /** Whether a value goes on behind the space at its apparent end. */
    private static boolean continues(Piece piece, byte[] line, int space, int to) {
        return switch (piece.value.shape()) {
            case WORD, ADDRESS, TIME -> false;
            case LIST -> line[space - 1] == ',' || isAt(line, space, to, COLON) || isAt(line, space - 2, to, COLON);
            case TEXT -> piece.after.length == 0 || !isAt(line, space, to, piece.after);
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

    /** Whether a value is there, and not {@code -}. */
    private boolean isPresent(byte[] line, int value) {
        return value >= 0 && !isAbsent(line, starts[value], ends[value]);
    }

    private static boolean isAbsent(byte[] line, int from, int to) {
        return to - from == 1 && line[from] == '-';
    }

    /** A number of a value, or -1 if it is none that fits into a long. */
    private long number(byte[] line, int value) {
        long number = 0;
        for (int at = starts[value]; at < ends[value]; at++) {
            int digit = line[at] - '0';
            if (digit < 0 || digit > 9 || number > (Long.MAX_VALUE - digit) / 10) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return starts[value] == ends[value] ? -1 : number;
    }

    private void writeText(byte[] line, Column column, RecordWriter out) {
        int start;
        int end;
        int part = partOf(column);
        if (requestLine >= 0 && part >= 0) {
            start = requestIsSplit ? request.start(part) : -1;
            end = requestIsSplit ? request.end(part) : -1;
        } else {
            int value = index(column);
            start = isPresent(line, value) ? starts[value] : -1;
            end = start < 0 ? -1 : ends[value];
        }
        if (start < 0) {
            out.absent();
        } else {
            out.optionalText(line, start, end);
        }
    }

    /** The part of the request line that a column holds, or -1. */
    private static int partOf(Column column) {
        return switch (column) {
            case METHOD -> RequestLine.METHOD;
            case PATH -> RequestLine.PATH;
            case PROTOCOL -> RequestLine.PROTOCOL;
            default -> -1;
        };
    }

    private void writeFields(byte[] line, RecordWriter out) {
        int count = 0;
        for (Field field : fields) {
            count += isWritten(line, field) ? 1 : 0;
        }
        out.beginMap(count);
        for (Field field : fields) {
            if (isWritten(line, field)) {
                out.text(field.utf8, 0, field.utf8.length);
                out.text(line, starts[field.value], ends[field.value]);
            }
        }
        out.endMap();
    }

    /** A request line is a field only if it could not be split, as scanners and broken clients send it. */
    private boolean isWritten(byte[] line, Field field) {
        boolean isInColumns = field.value == requestLine && requestIsSplit;
        return !isInColumns && isPresent(line, field.value) && starts[field.value] < ends[field.value];
    }

    private String text(byte[] line, int value) {
        return new String(line, starts[value], ends[value] - starts[value], StandardCharsets.UTF_8);
    }
}
