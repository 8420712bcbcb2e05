package io.tailrace.agent.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessLogParserTest {
    private final LineParser combined = parser("combined");

    private static LineParser parser(String format) {
        return new AccessLogParser(LogFormat.of(format), new FixedFields(Map.of()));
    }

    private static ParsedLine record(LineParser parser, String line) {
        return ParsedLine.of(parser, line, 7);
    }

    @Test
    void everyPartOfACombinedLineHasAColumn() {
        ParsedLine record = record(
                combined,
                "192.0.2.7 - frank [17/May/2015:10:05:03 +0200] \"GET /a?b=c HTTP/1.1\" 200 2326"
                        + " \"http://x.example/~y\" \"Agent/1.0 (z)\"");
        assertThat(record.text("clientAddress")).isEqualTo("192.0.2.7");
        assertThat(record.accepted().get("ident")).isNull();
        assertThat(record.text("user")).isEqualTo("frank");
        assertThat(record.accepted().get("eventTime")).isEqualTo(1_431_849_903_000L);
        assertThat(record.text("method")).isEqualTo("GET");
        assertThat(record.text("path")).isEqualTo("/a?b=c");
        assertThat(record.text("protocol")).isEqualTo("HTTP/1.1");
        assertThat(record.accepted().get("status")).isEqualTo(200);
        assertThat(record.accepted().get("responseBytes")).isEqualTo(2326L);
        assertThat(record.text("referrer")).isEqualTo("http://x.example/~y");
        assertThat(record.text("userAgent")).isEqualTo("Agent/1.0 (z)");
        assertThat(record.fields()).isEqualTo(Map.of());
    }

    @Test
    void dashIsNullAndZeroIsZero() {
        ParsedLine record =
                record(combined, "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 304 - \"-\" \"-\"");
        assertThat(record.accepted().get("responseBytes")).isNull();
        assertThat(record.text("referrer")).isNull();
        assertThat(record.text("userAgent")).isNull();
        assertThat(record(combined, "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 304 0 \"-\" \"-\"")
                        .accepted()
                        .get("responseBytes"))
                .isEqualTo(0L);
    }

    @Test
    void valuesKeepTheirEscapes() {
        ParsedLine record = record(
                combined,
                "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET /a%20b?q=%C3%A9&x=\\\"<y> HTTP/1.0\" 200 12"
                        + " \"http://x/%7Ea\\\\b\" \"a \\\"quoted\\\" \\x41gent \\xc3\\xa9\"");
        assertThat(record.text("path")).isEqualTo("/a%20b?q=%C3%A9&x=\\\"<y>");
        assertThat(record.text("referrer")).isEqualTo("http://x/%7Ea\\\\b");
        assertThat(record.text("userAgent")).isEqualTo("a \\\"quoted\\\" \\x41gent \\xc3\\xa9");
    }

    @Test
    void malformedRequestLineIsKeptAsAField() {
        ParsedLine record =
                record(combined, "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"\\x16\\x03\\x01\" 400 226 \"-\" \"-\"");
        assertThat(record.text("path")).isNull();
        assertThat(record.fields()).isEqualTo(Map.of("request.firstline", "\\x16\\x03\\x01"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"never closed",
                "192.0.2.7 - - [99/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"-\"",
                "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 twelve \"-\" \"-\"",
                "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 99999999999999999999 \"-\" \"-\"",
                "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12",
            })
    void malformedLineIsRejectedWithAReason(String line) {
        assertThat(ParsedLine.of(combined, line, 0).rejection()).isNotBlank().doesNotContain("\n");
    }

    @Test
    void commonFormatLacksReferrerAndAgent() {
        ParsedLine record = record(parser("common"), "::1 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12");
        assertThat(record.text("clientAddress")).isEqualTo("::1");
        assertThat(record.text("userAgent")).isNull();
    }

    @Test
    void valuesOfACustomFormatWithoutAColumnBecomeFields() {
        ParsedLine record = record(
                parser("%v %h %l %u %t \"%r\" %>s %b %D \"%{X-Trace}i\""),
                "www.example 192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12 4711 \"abc\"");
        assertThat(record.accepted().get("status")).isEqualTo(200);
        assertThat(record.fields())
                .containsEntry("connection.server.name.canonical", "www.example")
                .containsEntry("request.header.x-trace", "abc")
                .containsValue("4711");
    }

    @Test
    void nginxFormatIsParsed() {
        ParsedLine record = record(
                parser("$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent"
                        + " \"$http_referer\" \"$http_user_agent\""),
                "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET /x HTTP/1.1\" 200 12 \"-\" \"a\"");
        assertThat(record.text("path")).isEqualTo("/x");
        assertThat(record.accepted().get("responseBytes")).isEqualTo(12L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%h %l", "", "not a format", "%h %t \"%r\""})
    void formatWithoutClientTimeAndStatusIsRefused(String format) {
        assertThatThrownBy(() -> LogFormat.of(format)).isInstanceOf(IllegalArgumentException.class);
    }

    private static final String BEFORE_TIME = "192.0.2.7 - - [";
    private static final String AFTER_TIME = "] \"GET / HTTP/1.1\" 200 12 \"-\" \"-\"";

    @ParameterizedTest
    @CsvSource({
        "17/May/2015:10:05:03 +0000, 2015-05-17T10:05:03Z",
        "29/Feb/2016:23:59:59 -0330, 2016-03-01T03:29:59Z",
        "30/Sep/2016:00:00:06 +1345, 2016-09-29T10:15:06Z",
        "31/Dec/2016:23:59:60 +0000, 2017-01-01T00:00:00Z",
        "31/Jan/2021:12:00:00 +0000, 2021-01-31T12:00:00Z",
    })
    void timeIsReadWithItsOffset(String time, Instant expected) {
        assertThat(record(combined, BEFORE_TIME + time + AFTER_TIME).accepted().get("eventTime"))
                .isEqualTo(expected.toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "31/Apr/2015:10:00:00 +0000",
                "29/Feb/2015:10:00:00 +0000",
                "17/Mai/2015:10:00:00 +0000",
                "17/May/2015:24:00:00 +0000",
                "17/May/2015:10:60:00 +0000",
                "17/May/2015:10:00:61 +0000",
                "17/May/2015:10:00:00 +9900",
                "17/May/2015:10:00:00",
                "7/May/2015:10:00:00 +0000",
            })
    void timeThatDoesNotExistIsRejected(String time) {
        assertThat(record(combined, BEFORE_TIME + time + AFTER_TIME).rejection())
                .isEqualTo("expected a time, found \"" + time + "\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "null",
            value = {
                "GET /12 HTTP/2                  | GET     | /12                 | HTTP/2",
                "GET /07                         | GET     | /07                 | null",
                "CONNECT mail.example:25 HTTP/1.1| CONNECT | mail.example:25     | HTTP/1.1",
                "PRI * HTTP/2.0                  | PRI     | *                   | HTTP/2.0",
                "GET /14?a= 'x y' HTTP/1.1       | GET     | /14?a= 'x y'        | HTTP/1.1",
                "SSTP_DUPLEX_POST /{BA} HTTP/1.1 | SSTP_DUPLEX_POST | /{BA}      | HTTP/1.1",
                "GET /a b HTTP/1.1          | GET     | /a b           | HTTP/1.1",
                "t3 12.2.1                       | t3      | 12.2.1              | null",
                "-                               | null    | null                | null",
                "GET                             | null    | null                | null",
            })
    void requestLineIsSplit(String requestLine, String method, String path, String protocol) {
        ParsedLine parsed = record(
                combined, "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"" + requestLine + "\" 200 12 \"-\" \"-\"");
        assertThat(parsed.text("method")).isEqualTo(method);
        assertThat(parsed.text("path")).isEqualTo(path);
        assertThat(parsed.text("protocol")).isEqualTo(protocol);
        assertThat(parsed.fields())
                .isEqualTo(
                        method == null && !requestLine.equals("-")
                                ? Map.of("request.firstline", requestLine)
                                : Map.of());
    }

    @Test
    void lineWithMoreThanTheFormatIsRejected() {
        assertThat(record(
                                combined,
                                "192.0.2.1 - - [22/Mar/2018:18:07:49 +0000] \"GET / HTTP/1.1\" 200 612 \"-\" \"c\" \"-\"")
                        .rejection())
                .isEqualTo("does not match the log format: expected the end of the line after request.user-agent");
    }

    @Test
    void listsOfSeveralServersStayTogether() {
        LineParser parser = parser("$remote_addr [$time_local] \"$request\" $status [$pool] []"
                + " $upstream_addr $upstream_response_length $upstream_status $req_id");
        ParsedLine two = record(
                parser,
                "192.0.2.32 [07/Feb/2020:12:02:43 +0000] \"GET / HTTP/1.1\" 101 [web] []"
                        + " 198.51.100.6:443, 198.51.100.7:443 0, - 502, 101 c2c5");
        assertThat(two.accepted().get("status")).isEqualTo(101);
        assertThat(two.fields())
                .isEqualTo(Map.of(
                        "pool",
                        "web",
                        "upstream_addr",
                        "198.51.100.6:443, 198.51.100.7:443",
                        "upstream_response_length",
                        "0, -",
                        "upstream_status",
                        "502, 101",
                        "req_id",
                        "c2c5"));
        ParsedLine redirected = record(
                parser,
                "unix: [07/Feb/2020:12:02:43 +0000] \"GET / HTTP/1.1\" 404 [] []"
                        + " 198.51.100.8:80 : 198.51.100.9:80 0 : 846 500 : 404 185d");
        assertThat(redirected.fields())
                .containsEntry("upstream_addr", "198.51.100.8:80 : 198.51.100.9:80")
                .containsEntry("upstream_status", "500 : 404")
                .doesNotContainKey("pool");
        assertThat(redirected.text("clientAddress")).isEqualTo("unix:");
    }

    @Test
    void methodAndPathMayHaveValuesOfTheirOwn() {
        ParsedLine line = record(
                parser("[$time_local] $upstream_status $status - $request_method"
                        + " \"$request_uri\" [Client $remote_addr] [Gzip $gzip_ratio]"),
                "[11/Jan/2023:02:16:55 +0100] 502, 200 200 - POST \"/api items\" [Client 192.0.2.43] [Gzip -]");
        assertThat(line.text("method")).isEqualTo("POST");
        assertThat(line.text("path")).isEqualTo("/api items");
        assertThat(line.text("clientAddress")).isEqualTo("192.0.2.43");
        assertThat(line.fields()).isEqualTo(Map.of("upstream_status", "502, 200"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%h %l %u %t \\\"%r\\\" %>s %O \\\"%{Referer}i\\\" \\\"%{User-Agent}i\\\"",
                "LogFormat \"%h %l %u %t \\\"%r\\\" %>s %O \\\"%{Referer}i\\\" \\\"%{User-Agent}i\\\"\" combined",
                "\"%h %l %u %t \\\"%r\\\" %>s %O \\\"%{Referer}i\\\" \\\"%{User-Agent}i\\\"\"",
                "log_format main '$remote_addr - $remote_user [$time_local] \"$request\" '\n"
                        + "  '$status $body_bytes_sent \"$http_referer\" '\n  '\"$http_user_agent\"';",
                "log_format main \"$remote_addr - $remote_user [$time_local] \\\"$request\\\" $status $body_bytes_sent \""
                        + " \"\\\"$http_referer\\\" \\\"$http_user_agent\\\"\";",
                "'$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
                        + "\"$http_referer\" \"${http_user_agent}\"'",
            })
    void formatIsReadAsItStandsInTheConfiguration(String pasted) {
        ParsedLine line = record(
                parser(pasted),
                "192.0.2.51 - - [25/Jun/2017:10:14:36 +0000] \"GET /a HTTP/1.1\" 404 492 \"http://x/\" \"Mozilla (X11)\"");
        assertThat(line.text("path")).isEqualTo("/a");
        assertThat(line.accepted().get("responseBytes")).isEqualTo(492L);
        assertThat(line.text("userAgent")).isEqualTo("Mozilla (X11)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "%h %t %>s %Y                 | %Y is not a known directive",
                "%h %t %>s %{x}q              | %{x}q is not a known directive",
                "%h %{SSL_X}q %t %>s          | %{SSL_X}q is not a known directive",
                "CustomLog logs/a             | cannot read this CustomLog",
                "access_log /var/log/x main;  | cannot read this access_log",
                "$remote_addr$http_x $status [$time_local] | expected text between remote_addr and http_x",
                "%h%u %t %>s                  | expected text between connection.client.host and connection.client.user",
                "%h %>s                       | expected the time (%t, $time_local)",
                "$remote_addr [$time_local]   | expected the status (%>s, $status)",
                "%h %>s %{%Q}t                | conversion %Q is not supported",
            })
    void formatThatCannotBeReadIsRefusedByItsPart(String format, String message) {
        assertThatThrownBy(() -> LogFormat.of(format))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "%{%Y-%m-%d %H:%M:%S}t, 2023-01-11 02:16:52, 2023-01-11T02:16:52Z",
        "%{%d/%b/%Y:%T %z}t, 11/Jan/2023:02:16:52 +0100, 2023-01-11T01:16:52Z",
        "%{sec}t, 1673403412, 2023-01-11T02:16:52Z",
        "%{msec}t, 1673403412250, 2023-01-11T02:16:52.250Z",
        "%{usec}t, 1673403412250999, 2023-01-11T02:16:52.250Z",
    })
    void timeMayHaveAFormatOfItsOwn(String directive, String time, Instant expected) {
        ParsedLine line = record(parser("%h (" + directive + ") %>s"), "::1 (" + time + ") 200");
        assertThat(line.accepted().get("eventTime")).isEqualTo(expected.toEpochMilli());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "%h %t \"%m %v %H\" %>s          | ::1 [17/May/2015:10:05:03 +0000] \"GET /a b HTTP/1.1\" 200",
                "%h %t %{X}i %D %>s             | ::1 [17/May/2015:10:05:03 +0000] 200",
                "%{X-Forwarded-For}i %l %u %t %>s | 'a b - - [17/May/2015:10:05:03 +0000] 200'",
                "$upstream_addr $remote_addr [$time_local] $status | ' ::1 [17/May/2015:10:05:03 +0000] 200'",
            })
    void valueIsNeverTakenForItsNeighbour(String format, String line) {
        assertThat(record(parser(format.strip()), line).rejection()).startsWith("does not match the log format");
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8::1:51234, 2001:db8::1, 51234",
        "192.0.2.1:80, 192.0.2.1, 80",
        "[::1]:80, [::1], 80",
    })
    void addressOfIpv6MayBeFollowedByAPort(String text, String address, String port) {
        ParsedLine line = record(
                parser("$remote_addr:$remote_port [$time_local] $status"), text + " [17/May/2015:10:05:03 +0000] 200");
        assertThat(line.text("clientAddress")).isEqualTo(address);
        assertThat(line.fields()).isEqualTo(Map.of("remote_port", port));
    }

    @Test
    void timeWithASpaceNeedsNoBrackets() {
        assertThat(record(parser("$remote_addr $time_local $status"), "::1 17/May/2015:10:05:03 +0000 200")
                        .accepted()
                        .get("status"))
                .isEqualTo(200);
        assertThat(record(parser("%{%Y-%m-%d %H:%M:%S}t %h %>s"), "2015-05-17 10:05:03 ::1 200")
                        .accepted()
                        .get("eventTime"))
                .isEqualTo(1_431_857_103_000L);
        assertThat(record(parser("%h %{%F %T UTC}t %>s"), "::1 2015-05-17 10:05:03 UTC 200")
                        .accepted()
                        .get("eventTime"))
                .isEqualTo(1_431_857_103_000L);
        assertThat(record(parser("%h %{%F %T}t %>s"), "::1 2015-04-31 10:05:03 200")
                        .rejection())
                .isEqualTo("expected a time, found \"2015-04-31 10:05:03\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%h %{%F}t %>s",
                "%h %{%F}t \"%{%T}t\" %>s",
                "%h %t %U %{X}i %>s",
                "$remote_addr [$time_local] $status $upstream_addr $http_x",
                "$remote_addr [$time_local] $status $http_x $upstream_addr",
                "$remote_addr [$time_local] $status,$http_a,$http_b",
                "%h %t %>s %{Host}i %{User-Agent}i",
                "$remote_addr [$time_local] $status $http_host $http_user_agent",
            })
    void formatThatCannotBeReadReliablyIsRefused(String format) {
        assertThatThrownBy(() -> LogFormat.of(format)).hasMessageContaining("expected");
    }

    @Test
    void valueThatAppearsTwiceIsKeptOnce() {
        ParsedLine line = record(
                parser("%h %t \"%r\" %>s \"%r\" %T/%D"),
                "::1 [17/May/2015:10:05:03 +0000] \"odd\" 200 \"odd\" 1/1234567");
        assertThat(line.fields())
                .isEqualTo(Map.of(
                        "request.firstline",
                        "odd",
                        "response.server.processing.seconds",
                        "1",
                        "response.server.processing.microseconds",
                        "1234567"));
    }

    @Test
    void noLineMakesTheParserFail() {
        Random random = new Random(11);
        List<String> pieces =
                List.of(" ", "\"", "\\", "[", "]", ":", ",", "-", "1", "GET", "/", "\u0000", "\u20ac", " : ", "");
        for (String format : List.of(
                "combined",
                "$upstream_addr $remote_addr:$remote_port [$time_local] $upstream_status $status $http_x",
                "%{%F %T}t %h %>s %U%q \"%r\"")) {
            LineParser parser = parser(format);
            for (int i = 0; i < 20_000; i++) {
                StringBuilder line = new StringBuilder();
                for (int length = random.nextInt(40); length > 0; length--) {
                    line.append(pieces.get(random.nextInt(pieces.size())));
                }
                assertThat(ParsedLine.of(parser, line.toString(), 0)).isNotNull();
            }
        }
    }
}
