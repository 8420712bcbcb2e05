package io.tailrace.agent.parse;

import io.tailrace.agent.parse.LogFormat.Part;
import io.tailrace.agent.parse.LogValue.Column;
import io.tailrace.agent.parse.LogValue.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the variables of an nginx log_format (nginx.org, ngx_http_log_module). A field has its variable's name. */
final class NginxLogFormat {
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)}|(\\w+))");

    private NginxLogFormat() {}

    static List<Part> parts(String format) {
        List<Part> parts = new ArrayList<>();
        Matcher variable = VARIABLE.matcher(format);
        int end = 0;
        while (variable.find()) {
            if (variable.start() > end) {
                parts.add(new LogFormat.Text(format.substring(end, variable.start())));
            }
            parts.add(new LogFormat.Value(value(variable.group(1) == null ? variable.group(2) : variable.group(1))));
            end = variable.end();
        }
        if (end < format.length()) {
            parts.add(new LogFormat.Text(format.substring(end)));
        }
        return parts;
    }

    private static LogValue value(String name) {
        return switch (name) {
            case "remote_addr" -> LogValue.of(Column.CLIENT_ADDRESS, 0, name).withShape(Shape.ADDRESS);
            case "binary_remote_addr" ->
                throw new IllegalArgumentException(
                        "log format: $binary_remote_addr is not text: log $remote_addr instead");
            case "remote_user" -> LogValue.of(Column.USER, 0, name).withShape(Shape.TEXT);
            case "time_local" -> LogValue.time(name, TimeFormat.COMMON);
            case "time_iso8601" -> LogValue.time(name, TimeFormat.of("iso"));
            case "msec" -> LogValue.time(name, TimeFormat.of("epoch-seconds"));
            case "request" ->
                LogValue.of(Column.REQUEST_LINE, 0, "request.firstline").withShape(Shape.TEXT);
            case "request_method" -> LogValue.of(Column.METHOD, 0, name);
            case "request_uri" -> LogValue.of(Column.PATH, 0, name).withShape(Shape.TEXT);
            case "uri", "document_uri" -> LogValue.of(Column.PATH, 1, name).withShape(Shape.TEXT);
            case "server_protocol" -> LogValue.of(Column.PROTOCOL, 0, name);
            case "status" -> LogValue.of(Column.STATUS, 0, name);
            case "body_bytes_sent" -> LogValue.of(Column.RESPONSE_BYTES, 0, name);
            case "bytes_sent" -> LogValue.of(Column.RESPONSE_BYTES, 1, name);
            case "http_referer" -> LogValue.of(Column.REFERRER, 0, name).withShape(Shape.TEXT);
            case "http_user_agent" -> LogValue.of(Column.USER_AGENT, 0, name).withShape(Shape.TEXT);
            default -> LogValue.field(name, shape(name));
        };
    }

    private static Shape shape(String name) {
        if (name.startsWith("upstream_")) {
            return Shape.LIST;
        }
        if (name.endsWith("_addr")) {
            return Shape.ADDRESS;
        }
        boolean isFromClientOrServer = name.startsWith("http_")
                || name.startsWith("sent_http_")
                || name.startsWith("sent_trailer_")
                || name.startsWith("cookie_")
                || name.startsWith("arg_")
                || name.equals("args")
                || name.equals("query_string")
                || name.equals("request_body");
        return isFromClientOrServer ? Shape.TEXT : Shape.WORD;
    }
}
