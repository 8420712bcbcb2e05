package io.tailrace.agent.parse;

import io.tailrace.agent.parse.LogFormat.Part;
import io.tailrace.agent.parse.LogValue.Column;
import io.tailrace.agent.parse.LogValue.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the variables of an nginx log_format (nginx.org, ngx_http_log_module). A field has its variable's name. */
final class NginxLogFormat {
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)}|(\\w+))");

    /** Variables that never contain a space. */
    private static final Pattern WORDS =
            Pattern.compile("host|hostname|scheme|server_name|server_port|https|http2|http3|is_args|pipe"
                    + "|pid|nginx_version|gzip_ratio|content_length|limit_rate|proxy_host|proxy_port|tcpinfo_\\w+|connection\\w*"
                    + "|request_(?:id|length|time|completion)|limit_\\w+_status|\\w+_port|(?:geoip|geoip2)_\\w*code\\w*"
                    + "|ssl_(?:protocol|cipher|curve|session_id|session_reused|server_name|early_data|client_serial"
                    + "|client_fingerprint|client_v_remain|alpn_protocol)");

    /** Variables that clients fill, or that are known to contain spaces. */
    private static final Pattern TEXTS = Pattern.compile(
            "(?:sent_)?http_\\w+|sent_trailer_\\w+|cookie_\\w+|arg_\\w+|args"
                    + "|query_string|request_body|content_type|ssl_\\w+|geoip_\\w+|request_filename|document_root|realpath_root");

    private static final Set<String> CLIENTS_OF_PROXIES =
            Set.of("http_x_real_ip", "http_cf_connecting_ip", "http_true_client_ip");

    private NginxLogFormat() {}

    static boolean hasVariable(String format) {
        return VARIABLE.matcher(format).find();
    }

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
            case "the_real_ip", "proxy_protocol_addr" ->
                LogValue.of(Column.CLIENT_ADDRESS, 1, name).withShape(Shape.ADDRESS);
            case "realip_remote_addr" ->
                LogValue.of(Column.CLIENT_ADDRESS, 2, name).withShape(Shape.ADDRESS);
            case "http_x_forwarded_for", "proxy_add_x_forwarded_for" -> LogValue.forwardedClient(name, Shape.LIST);
            case "binary_remote_addr" ->
                throw new IllegalArgumentException(
                        "log format: $binary_remote_addr is not text: log $remote_addr instead");
            case "remote_user" -> LogValue.of(Column.USER, 0, name).withShape(Shape.UNKNOWN);
            case "time_local" -> LogValue.time(name, TimeFormat.COMMON);
            case "time_iso8601" -> LogValue.time(name, TimeFormat.of("iso"));
            case "msec" -> LogValue.time(name, TimeFormat.of("epoch-seconds"));
            case "request" ->
                LogValue.of(Column.REQUEST_LINE, 0, "request.firstline").withShape(Shape.TEXT);
            case "request_method" -> LogValue.of(Column.METHOD, 0, name);
            case "request_uri" -> LogValue.of(Column.PATH, 0, name).withShape(Shape.PATH);
            case "uri", "document_uri" -> LogValue.of(Column.PATH, 1, name).withShape(Shape.PATH);
            case "server_protocol" -> LogValue.of(Column.PROTOCOL, 0, name);
            case "status" -> LogValue.of(Column.STATUS, 0, name);
            case "body_bytes_sent" -> LogValue.of(Column.RESPONSE_BYTES, 0, name);
            case "bytes_sent" -> LogValue.of(Column.RESPONSE_BYTES, 1, name);
            case "http_referer" -> LogValue.of(Column.REFERRER, 0, name).withShape(Shape.TEXT);
            case "http_user_agent" -> LogValue.of(Column.USER_AGENT, 0, name).withShape(Shape.TEXT);
            default ->
                CLIENTS_OF_PROXIES.contains(name)
                        ? LogValue.forwardedClient(name, Shape.WORD)
                        : LogValue.field(name, shape(name));
        };
    }

    private static Shape shape(String name) {
        if (name.startsWith("upstream_")) {
            return Shape.LIST;
        }
        if (name.endsWith("_addr")) {
            return Shape.ADDRESS;
        }
        if (WORDS.matcher(name).matches()) {
            return Shape.WORD;
        }
        return TEXTS.matcher(name).matches() ? Shape.TEXT : Shape.UNKNOWN;
    }
}
