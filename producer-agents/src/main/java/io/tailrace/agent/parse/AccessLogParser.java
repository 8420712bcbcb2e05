package io.tailrace.agent.parse;

import io.tailrace.agent.encode.RecordWriter;
import io.tailrace.agent.parse.LogValue.Column;
import io.tailrace.schemas.Schemas;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
 * another value ends at the text that follows it in the format. In a run of values with the same separator, the one that may
 * contain it ends where as many follow as the others have. A line that does not fit, or has something left at its end, is
 * rejected: no value is ever taken for its neighbour. Values are copied as the log has them, with their escapes; {@code -} and
 * an empty value are null.
 * Not thread-safe.
 */
final class AccessLogParser implements LineParser {
    private static final String MISMATCH = "does not match the log format: ";

    private final List<ValueMatcher> matchers;

    private final Field[] fields;
    /** The index of the value of each column, or -1. */
    private final int client;

    private final int ident;
    private final int user;
    private final int method;
    private final int path;
    private final int protocol;
    private final int referrer;
    private final int userAgent;
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
     * An entry of {@code fields}.
     *
     * @param utf8 its name
     * @param value the index of its value in the line, or -1
     * @param fixed its value if that is the same in every line
     */
    private record Field(String name, byte[] utf8, int value, byte[] fixed) {
        boolean isFixed() {
            return value < 0;
        }
    }

    AccessLogParser(LogFormat format, FixedFields fixed) {
        matchers = ValueMatcher.of(format);
        List<Field> found = new ArrayList<>();
        Map<Column, Integer> valueOf = new EnumMap<>(Column.class);
        for (int index = 0; index < matchers.size(); index++) {
            LogValue value = matchers.get(index).value();
            valueOf.put(value.column(), index);
            boolean isField = value.column() == Column.FIELD || value.column() == Column.REQUEST_LINE;
            if (isField && !fixed.asMap().containsKey(value.name())) {
                found.add(new Field(value.name(), utf8(value.name()), index, new byte[0]));
            }
        }
        fixed.asMap().forEach((name, value) -> found.add(new Field(name, utf8(name), -1, utf8(value))));
        found.sort(Comparator.comparing(Field::name));
        fields = found.toArray(Field[]::new);
        starts = new int[matchers.size()];
        ends = new int[matchers.size()];
        client = valueOf.getOrDefault(Column.CLIENT_ADDRESS, -1);
        ident = valueOf.getOrDefault(Column.IDENT, -1);
        user = valueOf.getOrDefault(Column.USER, -1);
        method = valueOf.getOrDefault(Column.METHOD, -1);
        path = valueOf.getOrDefault(Column.PATH, -1);
        protocol = valueOf.getOrDefault(Column.PROTOCOL, -1);
        referrer = valueOf.getOrDefault(Column.REFERRER, -1);
        userAgent = valueOf.getOrDefault(Column.USER_AGENT, -1);
        time = valueOf.getOrDefault(Column.TIME, -1);
        timeFormat = Objects.requireNonNull(matchers.get(time).value().time(), "a format has a time");
        size = valueOf.getOrDefault(Column.RESPONSE_BYTES, -1);
        status = valueOf.getOrDefault(Column.STATUS, -1);
        requestLine = valueOf.getOrDefault(Column.REQUEST_LINE, -1);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
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
        // A request that came directly has no header of a proxy.
        if (!isPresent(utf8, client) && !matchers.get(client).value().isForwarded()) {
            return "no client";
        }
        requestIsSplit = requestLine >= 0 && request.split(utf8, starts[requestLine], ends[requestLine]);
        out.eventTime(eventTimeMs);
        out.text(utf8, starts[client], ends[client]);
        writeText(utf8, ident, out);
        writeText(utf8, user, out);
        writePart(utf8, RequestLine.METHOD, method, out);
        writePart(utf8, RequestLine.PATH, path, out);
        writePart(utf8, RequestLine.PROTOCOL, protocol, out);
        out.number(statusCode);
        if (hasSize) {
            out.optionalNumber(responseBytes);
        } else {
            out.absent();
        }
        writeText(utf8, referrer, out);
        writeText(utf8, userAgent, out);
        writeFields(utf8, out);
        return null;
    }

    /** Finds the values of a line. Returns null, or why it does not fit. */
    private @Nullable String match(byte[] line, int from, int to) {
        int at = from;
        for (int i = 0; i < matchers.size(); i++) {
            ValueMatcher matcher = matchers.get(i);
            if (i == 0) {
                at = matcher.start(line, from, to);
                if (at < 0) {
                    return MISMATCH + matcher.expectedBefore();
                }
            }
            int end = matcher.end(line, at, to);
            int next = matcher.next(line, end, to);
            if (next < 0) {
                return MISMATCH + matcher.expectedAfter();
            }
            starts[i] = at;
            ends[i] = end;
            at = next;
        }
        return at == to
                ? null
                : MISMATCH + "expected the end of the line after "
                        + matchers.get(matchers.size() - 1).value().name();
    }

    /** Whether a value is there, and neither empty nor {@code -}. */
    private boolean isPresent(byte[] line, int value) {
        return value >= 0 && !isAbsent(line, starts[value], ends[value]);
    }

    private static boolean isAbsent(byte[] line, int from, int to) {
        return from == to || (to - from == 1 && line[from] == '-');
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

    /** Writes a part of the request line, or the value of a column of its own in a format without a request line. */
    private void writePart(byte[] line, int part, int value, RecordWriter out) {
        if (requestLine < 0) {
            writeText(line, value, out);
        } else if (requestIsSplit && request.start(part) >= 0) {
            out.optionalText(line, request.start(part), request.end(part));
        } else {
            out.absent();
        }
    }

    private void writeText(byte[] line, int value, RecordWriter out) {
        if (isPresent(line, value)) {
            out.optionalText(line, starts[value], ends[value]);
        } else {
            out.absent();
        }
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
                if (field.isFixed()) {
                    out.text(field.fixed, 0, field.fixed.length);
                } else {
                    out.text(line, starts[field.value], ends[field.value]);
                }
            }
        }
        out.endMap();
    }

    /** A request line is a field only if it could not be split, as scanners and broken clients send it. */
    private boolean isWritten(byte[] line, Field field) {
        boolean isInColumns = field.value == requestLine && requestIsSplit;
        return field.isFixed() || (!isInColumns && isPresent(line, field.value));
    }

    private String text(byte[] line, int value) {
        return new String(line, starts[value], ends[value] - starts[value], StandardCharsets.UTF_8);
    }
}
