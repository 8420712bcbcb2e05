package io.tailrace.agent.parse;

import io.tailrace.agent.parse.LogFormat.Part;
import io.tailrace.agent.parse.LogValue.Column;
import io.tailrace.agent.parse.LogValue.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the directives of an Apache LogFormat (httpd.apache.org, mod_log_config, mod_logio and mod_ssl). */
final class ApacheLogFormat {
    static final String QUERY_STRING = "request.querystring";

    private static final String DURATION = "response.server.processing.";

    private static final String REMAINS = " \"%{Referer}i\" \"%{User-Agent}i\"";
    private static final String COMMON = "%h %l %u %t \"%r\" %>s %b";
    private static final String COMBINED = COMMON + REMAINS;
    /** That of Debian's package, with the host and the port in front. */
    private static final String VHOST_COMBINED = "%v:%p %h %l %u %t \"%r\" %>s %O" + REMAINS;

    /** Conditions and redirects ({@code %400,501s}, {@code %>s}) do not change how a value is read. */
    private static final Pattern DIRECTIVE = Pattern.compile(
            "%(?<percent>%)|%(?:!?\\d+(?:,\\d+)*)?(?<last>[<>])?(?:\\{(?<of>[^}]*)})?(?<name>\\^t[io]|\\^FB|[a-zA-Z])");

    /** Variables of mod_ssl that never contain a space. */
    private static final Pattern SSL_WORDS = Pattern.compile(
            "https|ssl_(?:protocol|session_id|session_resumed|secure_reneg|cipher\\w*|compress_method|version_\\w+|tls_sni"
                    + "|(?:client|server)_m_\\w+|(?:client|server)_[as]_(?:key|sig)|client_v_remain)");

    private ApacheLogFormat() {}

    static boolean hasDirective(String format) {
        return DIRECTIVE.matcher(format).find();
    }

    static List<Part> parts(String text) {
        String format =
                switch (text) {
                    case "combined" -> COMBINED;
                    case "common" -> COMMON;
                    case "vhost_combined", "vhost-combined" -> VHOST_COMBINED;
                    default -> text;
                };
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at < format.length()) {
            int next = format.indexOf('%', at);
            if (next != at) {
                parts.add(new LogFormat.Text(format.substring(at, next < 0 ? format.length() : next)));
            }
            at = next < 0 ? format.length() : addDirective(format, next, parts);
        }
        return parts;
    }

    /** Adds the directive at a percent sign. Returns its end. */
    private static int addDirective(String format, int start, List<Part> parts) {
        Matcher directive = DIRECTIVE.matcher(format).region(start, format.length());
        if (!directive.lookingAt()) {
            throw unknown(format, format.substring(start));
        }
        if (directive.group("percent") != null) {
            parts.add(new LogFormat.Text("%"));
            return directive.end();
        }
        int end = directive.end();
        String name = directive.group("name");
        String of = directive.group("of");
        if (name.equals("t") && of == null) {
            parts.add(new LogFormat.Text("["));
            parts.add(new LogFormat.Value(LogValue.time("request.receive.time", TimeFormat.COMMON)));
            parts.add(new LogFormat.Text("]"));
            return end;
        }
        if (name.equals("t")) {
            ApacheTime time = ApacheTime.at(format, start, Objects.requireNonNull(of));
            parts.add(new LogFormat.Value(time.value()));
            return time.end();
        }
        LogValue value = of == null ? plain(name, ">".equals(directive.group("last"))) : withArgument(name, of);
        if (value == null) {
            throw unknown(format, format.substring(start, end));
        }
        parts.add(new LogFormat.Value(value));
        return end;
    }

    private static IllegalArgumentException unknown(String format, String directive) {
        return new IllegalArgumentException(
                "log format \"" + format + "\": " + directive + " is not a known directive");
    }

    private static @Nullable LogValue plain(String name, boolean last) {
        return switch (name) {
            case "h" -> address(0, "connection.client.host");
            case "a" -> address(1, "connection.client.ip");
            case "A" -> LogValue.field("connection.server.ip", Shape.ADDRESS);
            case "b", "B" -> LogValue.of(Column.RESPONSE_BYTES, 0, "response.body.bytes");
            case "O" -> LogValue.of(Column.RESPONSE_BYTES, 1, "response.bytes");
            case "I" -> LogValue.field("request.bytes", Shape.WORD);
            case "S" -> LogValue.field("total.bytes", Shape.WORD);
            case "D" -> LogValue.field(DURATION + "microseconds", Shape.WORD);
            case "T" -> LogValue.field(DURATION + "seconds", Shape.WORD);
            case "f" -> LogValue.field("server.filename", Shape.TEXT);
            case "H" -> LogValue.of(Column.PROTOCOL, 1, "request.protocol");
            case "k" -> LogValue.field("connection.keepalivecount", Shape.WORD);
            case "l" -> LogValue.of(Column.IDENT, 0, "connection.client.logname");
            case "L" -> LogValue.field("request.errorlogid", Shape.WORD);
            case "m" -> LogValue.of(Column.METHOD, 1, "request.method");
            case "p" -> LogValue.field("request.server.port.canonical", Shape.WORD);
            case "P" -> LogValue.field("connection.server.child.processid", Shape.WORD);
            case "q" -> LogValue.field(QUERY_STRING, Shape.TEXT);
            case "r" -> LogValue.of(Column.REQUEST_LINE, 0, "request.firstline").withShape(Shape.TEXT);
            case "R" -> LogValue.field("request.handler", Shape.WORD);
            case "s" -> LogValue.of(Column.STATUS, last ? 0 : 1, last ? "request.status.last" : "request.status");
            case "u" -> LogValue.of(Column.USER, 0, "connection.client.user").withShape(Shape.UNKNOWN);
            case "U" -> LogValue.of(Column.PATH, 1, "request.urlpath").withShape(Shape.PATH);
            case "v" -> LogValue.field("connection.server.name.canonical", Shape.WORD);
            case "V" -> LogValue.field("connection.server.name", Shape.WORD);
            case "X" -> LogValue.field("response.connection.status", Shape.WORD);
            case "^FB" -> LogValue.field("response.firstbyte.microseconds", Shape.WORD);
            default -> null;
        };
    }

    private static @Nullable LogValue withArgument(String name, String of) {
        String lowerCase = of.toLowerCase(Locale.ROOT);
        return switch (name) {
            case "i" -> header(lowerCase);
            case "o" -> LogValue.field("response.header." + lowerCase, Shape.TEXT);
            case "C" -> LogValue.field("request.cookies." + lowerCase, Shape.TEXT);
            case "e" -> LogValue.field("server.environment." + lowerCase, Shape.TEXT);
            case "n" -> LogValue.field("server.module_note." + lowerCase, Shape.TEXT);
            case "^ti" -> LogValue.field("request.trailer." + lowerCase, Shape.TEXT);
            case "^to" -> LogValue.field("response.trailer." + lowerCase, Shape.TEXT);
            case "x" -> LogValue.field(lowerCase, SSL_WORDS.matcher(lowerCase).matches() ? Shape.WORD : Shape.TEXT);
            case "c" -> LogValue.field("ssl_" + lowerCase, Shape.UNKNOWN);
            case "a" -> address(2, "connection.client.peerip");
            case "h" -> address(2, "connection.client.peerhost");
            case "p" -> LogValue.field(port(lowerCase), Shape.WORD);
            case "P" ->
                LogValue.field(
                        "connection.server.child." + (lowerCase.endsWith("tid") ? "threadid" : "processid"),
                        Shape.WORD);
            case "T" -> LogValue.field(DURATION + unit(lowerCase), Shape.WORD);
            default -> null;
        };
    }

    private static LogValue address(int rank, String name) {
        return LogValue.of(Column.CLIENT_ADDRESS, rank, name).withShape(Shape.ADDRESS);
    }

    private static String unit(String abbreviation) {
        return switch (abbreviation) {
            case "ms" -> "milliseconds";
            case "us" -> "microseconds";
            default -> "seconds";
        };
    }

    private static LogValue header(String name) {
        return switch (name) {
            case "referer" -> LogValue.of(Column.REFERRER, 0, "request.referer").withShape(Shape.TEXT);
            case "user-agent" ->
                LogValue.of(Column.USER_AGENT, 0, "request.user-agent").withShape(Shape.TEXT);
            case "x-forwarded-for" -> LogValue.forwardedClient("request.header." + name, Shape.LIST);
            case "x-real-ip", "cf-connecting-ip", "true-client-ip" ->
                LogValue.forwardedClient("request.header." + name, Shape.WORD);
            default -> LogValue.field("request.header." + name, Shape.TEXT);
        };
    }

    private static String port(String which) {
        return switch (which) {
            case "remote" -> "connection.client.port";
            case "local" -> "connection.server.port";
            default -> "connection.server.port.canonical";
        };
    }
}
