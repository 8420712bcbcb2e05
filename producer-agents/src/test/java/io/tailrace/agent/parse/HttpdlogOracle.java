package io.tailrace.agent.parse;

import io.tailrace.agent.encode.RecordWriter;
import io.tailrace.schemas.Schemas;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nl.basjes.parse.core.exceptions.DissectionFailure;
import nl.basjes.parse.core.exceptions.InvalidDissectorException;
import nl.basjes.parse.core.exceptions.MissingDissectorsException;
import nl.basjes.parse.httpdlog.HttpdLoglineParser;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Parses the access logs of Apache httpd and nginx, given the format in the server's configuration.
 *
 * <p>The library httpdlog (nl.basjes.parse.httpdlog) does the parsing. Only the values that a record keeps are requested,
 * since each costs time. Not thread-safe.
 */
final class HttpdlogOracle implements LineParser {
    private static final String EVENT_TIME = "TIME.EPOCH:request.receive.time.epoch";
    private static final String REQUEST_LINE = "HTTP.FIRSTLINE:request.firstline";
    /** The field that keeps a malformed request line, as scanners and broken clients send it. */
    private static final String REQUEST_LINE_FIELD = "request.firstline";

    /** The httpdlog paths of each column, in the order of the schema. The first one that the format has is used. */
    private static final Map<String, List<String>> COLUMNS = columns();

    private final HttpdLoglineParser<Values> parser;
    private final Map<String, String> columnByPath = new LinkedHashMap<>();
    private final Map<String, String> fieldByPath = new LinkedHashMap<>();

    private static Map<String, List<String>> columns() {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        columns.put("clientAddress", List.of("IP:connection.client.host", "IP:connection.client.ip"));
        columns.put("ident", List.of("NUMBER:connection.client.logname"));
        columns.put("user", List.of("STRING:connection.client.user"));
        columns.put("method", List.of("HTTP.METHOD:request.firstline.method"));
        columns.put("path", List.of("HTTP.URI:request.firstline.uri"));
        columns.put("protocol", List.of("HTTP.PROTOCOL_VERSION:request.firstline.protocol"));
        columns.put("status", List.of("STRING:request.status.last", "STRING:request.status"));
        columns.put(
                "responseBytes",
                List.of("BYTESCLF:response.body.bytes", "BYTES:response.body.bytes", "BYTES:response.body.bytesclf"));
        columns.put("referrer", List.of("HTTP.URI:request.referer"));
        columns.put("userAgent", List.of("HTTP.USERAGENT:request.user-agent"));
        return columns;
    }

    /**
     * A parser for {@code combined}, {@code common}, an Apache LogFormat or an nginx log_format.
     *
     * @throws IllegalArgumentException if the format is invalid, or lacks the client, the time or the status
     */
    HttpdlogOracle(String logFormat) {
        parser = new HttpdLoglineParser<>(Values.class, logFormat);
        List<String> known = new ArrayList<>();
        List<String> direct = new ArrayList<>();
        try {
            known.addAll(parser.getPossiblePaths(3));
            direct.addAll(parser.getPossiblePaths(1));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("invalid log format \"" + logFormat + "\": " + e.getMessage(), e);
        }
        COLUMNS.forEach((column, paths) ->
                paths.stream().filter(known::contains).findFirst().ifPresent(path -> columnByPath.put(path, column)));
        if (!columnByPath.values().containsAll(Set.of("clientAddress", "status")) || !known.contains(EVENT_TIME)) {
            throw new IllegalArgumentException("log format \"" + logFormat
                    + "\": expected at least the client (%h), the time (%t) and the status (%>s)");
        }
        direct.stream().filter(HttpdlogOracle::isExtra).forEach(path -> {
            String field = path.substring(path.indexOf(':') + 1);
            if (!columnByPath.containsKey(path) && !fieldByPath.containsValue(field)) {
                fieldByPath.put(path, field);
            }
        });
        requestValues();
    }

    /** Whether a value has no column and is not an alias of another value. */
    private static boolean isExtra(String path) {
        String name = path.substring(path.indexOf(':') + 1);
        boolean inColumn =
                COLUMNS.values().stream().flatMap(List::stream).anyMatch(columnPath -> columnPath.endsWith(":" + name));
        return !inColumn
                && !name.endsWith(".last")
                && !name.endsWith(".original")
                && !name.equals(REQUEST_LINE_FIELD)
                && !path.startsWith("TIME.STAMP:");
    }

    private void requestValues() {
        List<String> paths = new ArrayList<>(columnByPath.keySet());
        paths.addAll(fieldByPath.keySet());
        paths.add(EVENT_TIME);
        paths.add(REQUEST_LINE);
        try {
            parser.ignoreMissingDissectors()
                    .addParseTarget(Values.class.getMethod("set", String.class, String.class), paths);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Receives the values of a line from httpdlog. Public because httpdlog calls it by reflection. */
    public static final class Values {
        private final Map<String, String> byPath = new HashMap<>();

        /** Receives one value; null stands for '-' in the log. */
        public void set(String path, @Nullable String value) {
            if (value != null) {
                byPath.put(path, value);
            }
        }
    }

    @Override
    public Schema schema() {
        return Schemas.ACCESS_LOG_EVENT;
    }

    @Override
    public @Nullable String parse(byte[] utf8, int from, int to, long readMs, RecordWriter out) {
        String line = new String(utf8, from, to - from, StandardCharsets.UTF_8);
        // httpdlog undoes the server's escapes. That loses the difference between "\x41" and "A", and the bytes of
        // "\xc3\xa9". With doubled escapes it returns what the log holds.
        boolean escaped = line.indexOf('\\') >= 0;
        String input = escaped ? line.replace("\\", "\\\\") : line;
        Values values = new Values();
        try {
            parser.parse(values, input);
        } catch (DissectionFailure e) {
            return "does not match the log format";
        } catch (InvalidDissectorException | MissingDissectorsException e) {
            throw new IllegalStateException("httpdlog refuses the format that it was created with", e);
        } catch (RuntimeException | StackOverflowError e) {
            // No line may stop those after it, whatever it does to the library.
            return "httpdlog failed: " + e;
        }
        if (escaped) {
            values.byPath.replaceAll((path, value) -> line.contains(value) ? value : value.replace("\\\\", "\\"));
        }
        return write(values.byPath, out);
    }

    private @Nullable String write(Map<String, String> values, RecordWriter out) {
        String epochMs = values.get(EVENT_TIME);
        if (epochMs == null) {
            return "no time";
        }
        Map<String, String> columns = new HashMap<>();
        columnByPath.forEach((path, column) -> {
            String value = values.get(path);
            if (value != null) {
                columns.put(column, value);
            }
        });
        if (!columns.containsKey("status") || !columns.containsKey("clientAddress")) {
            return "no " + (columns.containsKey("status") ? "client" : "status");
        }
        out.eventTime(Long.parseLong(epochMs));
        for (String column : COLUMNS.keySet()) {
            String value = columns.get(column);
            try {
                write(column, value, out);
            } catch (NumberFormatException e) {
                return column + ": expected a number, found \"" + value + "\"";
            }
        }
        out.map(fields(values, columns));
        return null;
    }

    private static void write(String column, @Nullable String value, RecordWriter out) {
        if (value == null) {
            out.absent();
            return;
        }
        switch (column) {
            case "clientAddress" -> out.text(value);
            case "status" -> out.number(Integer.parseInt(value));
            case "responseBytes" -> out.optionalNumber(Long.parseLong(value));
            default -> out.optionalText(value);
        }
    }

    private Map<String, String> fields(Map<String, String> values, Map<String, String> columns) {
        Map<String, String> fields = new HashMap<>();
        fieldByPath.forEach((path, field) -> {
            String value = values.get(path);
            if (value != null) {
                fields.put(field, value);
            }
        });
        String requestLine = values.get(REQUEST_LINE);
        if (!columns.containsKey("path") && requestLine != null) {
            fields.put(REQUEST_LINE_FIELD, requestLine);
        }
        return fields;
    }
}
