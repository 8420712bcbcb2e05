package io.tailrace.agent.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Formats as servers and their administrators use them. */
class LogFormatsTest {
    private static final String TIME = "[17/May/2015:10:05:03 +0000]";
    private static final long TIME_MS = 1_431_857_103_000L;

    private static ParsedLine record(String format, String line) {
        return ParsedLine.of(new AccessLogParser(LogFormat.of(format), new FixedFields(Map.of())), line, 7);
    }

    @Test
    void formatOfDebianBeginsWithTheHost() {
        ParsedLine line = ParsedLine.of(
                new Format(Format.Kind.VHOST_COMBINED, "", "", "iso").parser(Map.of()),
                "www.example.org:443 192.0.2.1 - - " + TIME + " \"GET /a HTTP/1.1\" 200 512 \"-\" \"curl/8\"",
                0);
        assertThat(line.text("clientAddress")).isEqualTo("192.0.2.1");
        assertThat(line.accepted().get("responseBytes")).isEqualTo(512L);
        assertThat(line.fields())
                .isEqualTo(Map.of(
                        "connection.server.name.canonical", "www.example.org", "request.server.port.canonical", "443"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "$uri$is_args$args            | /a?b=c",
                "$request_uri                 | /a?b=c",
                "$uri?$args                   | /a?b=c",
                "$document_uri$is_args$query_string | /a?b=c",
            })
    void pathKeepsItsQueryString(String path, String expected) {
        ParsedLine line = record(
                "$remote_addr [$time_local] \"$request_method " + path + " $server_protocol\" $status",
                "::1 " + TIME + " \"GET /a?b=c HTTP/1.1\" 200");
        assertThat(line.text("path")).isEqualTo(expected);
        assertThat(line.text("protocol")).isEqualTo("HTTP/1.1");
        assertThat(line.fields()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://x.example/a?b=c, x.example, /a?b=c",
        "https://x.example/a/b c, x.example, /a/b c",
        "http://x.example:8080/, x.example:8080, /",
        "http://x.example*, x.example, *",
        "http:///a, , /a",
    })
    void hostEndsWhereThePathBegins(String url, String host, String path) {
        ParsedLine line = record(
                "$remote_addr [$time_local] $status \"$scheme://$host$request_uri\" $request_time",
                "::1 " + TIME + " 200 \"" + url + "\" 0.001");
        assertThat(line.text("path")).isEqualTo(path);
        assertThat(line.fields().get("host")).isEqualTo(host);
        assertThat(line.fields()).containsEntry("request_time", "0.001");
    }

    @Test
    void pathBehindAHostNeedsNoQuotes() {
        ParsedLine line = record(
                "%a %t \"%m http://%V%U%q %H\" %>s %v:%p%U",
                "::1 " + TIME + " \"GET http://x.example/a b HTTP/1.1\" 200 y.example:80/a");
        assertThat(line.text("path")).isEqualTo("/a b");
        assertThat(line.fields())
                .isEqualTo(Map.of(
                        "connection.server.name",
                        "x.example",
                        "connection.server.name.canonical",
                        "y.example",
                        "request.server.port.canonical",
                        "80"));
        assertThat(record("$remote_addr [$time_local] $status $host$uri", "::1 " + TIME + " 400 x.example")
                        .fields())
                .isEqualTo(Map.of("host", "x.example"));
    }

    @Test
    void otherValuesWithoutTextBetweenThemAreOneField() {
        ParsedLine line = record(
                "$remote_addr [$time_local] $status \"$http_a$http_b$request_uri\" $scheme$pipe",
                "::1 " + TIME + " 200 \"one two/x\" http.");
        assertThat(line.text("path")).isEqualTo("/x");
        assertThat(line.fields()).isEqualTo(Map.of("http_a+http_b", "one two", "scheme+pipe", "http."));
    }

    @Test
    void oneValueOfARunMayContainItsSeparator() {
        assertThat(record("%h %t \"%m %U%q %H\" %>s", "::1 " + TIME + " \"GET /a b HTTP/1.1\" 200")
                        .text("path"))
                .isEqualTo("/a b");
        assertThat(record("%h %t %r %>s %b", "::1 " + TIME + " GET /a b HTTP/1.1 200 12")
                        .text("path"))
                .isEqualTo("/a b");
        assertThat(record("%h,%{%F %T}t,%r,%>s", "::1,2015-05-17 10:05:03,GET /a,b,c HTTP/1.1,200")
                        .text("path"))
                .isEqualTo("/a,b,c");
        ParsedLine city = record(
                "$remote_addr $geoip_city $request_id $time_local $status",
                "::1 New York c0ffee 17/May/2015:10:05:03 +0000 200");
        assertThat(city.fields()).isEqualTo(Map.of("geoip_city", "New York", "request_id", "c0ffee"));
        assertThat(record("%h %t \"%{X}i, %A\" %>s", "::1 " + TIME + " \"1.1.1.1, 2.2.2.2, 10.0.0.1\" 200")
                        .fields())
                .isEqualTo(Map.of("request.header.x", "1.1.1.1, 2.2.2.2", "connection.server.ip", "10.0.0.1"));
    }

    @Test
    void variablesOfModSslAreFields() {
        ParsedLine line = record(
                "%t %h %{SSL_PROTOCOL}x %{SSL_CIPHER}x \"%r\" %b %>s \"%{SSL_CLIENT_S_DN}x\" %^FB",
                TIME + " ::1 TLSv1.3 TLS_AES_256_GCM_SHA384 \"GET / HTTP/1.1\" 12 200 \"CN=A B,O=C\" 345");
        assertThat(line.fields())
                .isEqualTo(Map.of(
                        "ssl_protocol",
                        "TLSv1.3",
                        "ssl_cipher",
                        "TLS_AES_256_GCM_SHA384",
                        "ssl_client_s_dn",
                        "CN=A B,O=C",
                        "response.firstbyte.microseconds",
                        "345"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.9                | 203.0.113.9",
                "203.0.113.9, 198.51.100.7  | 203.0.113.9, 198.51.100.7",
                "unknown, 203.0.113.10      | unknown, 203.0.113.10",
                "-                          | -",
            })
    void clientMayBeInTheHeaderOfAProxy(String header, String expected) {
        String format = "%{X-Forwarded-For}i %l %u %t \"%r\" %>s %b";
        ParsedLine line = record(format, header + " - - " + TIME + " \"GET / HTTP/1.1\" 200 12");
        assertThat(line.text("clientAddress")).isEqualTo(expected);
        ParsedLine both = record("%h " + format, "::1 " + header + " - - " + TIME + " \"GET / HTTP/1.1\" 200 12");
        assertThat(both.text("clientAddress")).isEqualTo("::1");
        assertThat(both.fields().getOrDefault("request.header.x-forwarded-for", "-"))
                .isEqualTo(expected);
    }

    @Test
    void formatsOfNginxIngressAreRead() {
        ParsedLine old = record(
                "$the_real_ip - [$the_real_ip] - $remote_user [$time_local] \"$request\" $status $body_bytes_sent"
                        + " \"$http_referer\" \"$http_user_agent\" $request_length $request_time [$proxy_upstream_name]"
                        + " $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id",
                "192.0.2.1 - [192.0.2.1] - - " + TIME + " \"GET / HTTP/1.1\" 101 12 \"-\" \"a b\" 100 0.004 [web-80]"
                        + " 198.51.100.5:80, 198.51.100.6:80 0, 12 0.001, 0.003 502, 101 c0ffee");
        assertThat(old.text("clientAddress")).isEqualTo("192.0.2.1");
        assertThat(old.fields())
                .containsEntry("upstream_status", "502, 101")
                .containsEntry("req_id", "c0ffee")
                .containsEntry("proxy_upstream_name", "web-80");
    }

    @Test
    void jsonOfNginxIsRead() {
        String format = "log_format json escape=json '{\"time\":\"$time_iso8601\",\"ip\":\"$remote_addr\",'"
                + "  '\"user\":\"$remote_user\",\"request\":\"$request\",\"status\":$status,'"
                + "  '\"bytes\":$body_bytes_sent,\"rt\":$request_time,\"up\":\"$upstream_response_time\",'"
                + "  '\"referer\":\"$http_referer\",\"agent\":\"$http_user_agent\"}';";
        ParsedLine line = record(
                format,
                "{\"time\":\"2015-05-17T12:05:03+02:00\",\"ip\":\"::1\",\"user\":\"\",\"request\":\"GET /a\\\"b HTTP/2.0\","
                        + "\"status\":200,\"bytes\":12,\"rt\":0.004,\"up\":\"0.001, 0.003\",\"referer\":\"\",\"agent\":\"x\\\\y\"}");
        assertThat(line.accepted().get("eventTime")).isEqualTo(TIME_MS);
        assertThat(line.text("user")).isNull();
        assertThat(line.text("referrer")).isNull();
        assertThat(line.text("path")).isEqualTo("/a\\\"b");
        assertThat(line.text("userAgent")).isEqualTo("x\\\\y");
        assertThat(line.fields()).isEqualTo(Map.of("request_time", "0.004", "upstream_response_time", "0.001, 0.003"));
    }

    @Test
    void jsonOfApacheIsRead() {
        ParsedLine line = record(
                "LogFormat \"{ \\\"@timestamp\\\": \\\"%{%Y-%m-%d}tT%{%T}t.%{msec_frac}tZ\\\", \\\"ip\\\":\\\"%a\\\","
                        + " \\\"request\\\":\\\"%r\\\", \\\"status\\\":\\\"%>s\\\", \\\"bytes\\\": %B }\" ecs",
                "{ \"@timestamp\": \"2015-05-17T10:05:03.250Z\", \"ip\":\"::1\", \"request\":\"GET / HTTP/1.1\","
                        + " \"status\":\"200\", \"bytes\": 12 }");
        assertThat(line.accepted().get("eventTime")).isEqualTo(TIME_MS + 250);
        assertThat(line.accepted().get("responseBytes")).isEqualTo(12L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t | 17/May/2015 12:05:03.250 +0200   | 2015-05-17T10:05:03.250Z",
                "%{%F}t %{%T}t                        | 2015-05-17 10:05:03              | 2015-05-17T10:05:03Z",
                "[%{%F}t] [%{%T}t]                    | [2015-05-17] [10:05:03]          | 2015-05-17T10:05:03Z",
                "%{begin:%F}t %{begin:%T}t            | 2015-05-17 10:05:03              | 2015-05-17T10:05:03Z",
                "%{%F %T}t.%{usec_frac}t%{%z}t        | 2015-05-17 10:05:03.250999+0000  | 2015-05-17T10:05:03.250Z",
                "%{sec}t.%{msec_frac}t                | 1431857103.250                   | 2015-05-17T10:05:03.250Z",
                "%{%s}t                               | 1431857103                       | 2015-05-17T10:05:03Z",
                "%{%c}t                               | Sun May 17 10:05:03 2015         | 2015-05-17T10:05:03Z",
                "%{%d/%b/%Y:%H:%M:%S %z}t             | 17/May/2015:10:05:03 +0000       | 2015-05-17T10:05:03Z",
                "%{begin:%F %T}t (%{end:%F %T}t)      | 2015-05-17 10:05:03 (2015-05-17 10:06:00) | 2015-05-17T10:05:03Z",
            })
    void timeOfApacheMayHaveSeveralParts(String format, String time, Instant expected) {
        assertThat(record("%h " + format + " %>s", "::1 " + time + " 200")
                        .accepted()
                        .get("eventTime"))
                .isEqualTo(expected.toEpochMilli());
    }

    @Test
    void logsOfTraefikAndLoadBalancersAreReadWithNamesOfTheirFields() {
        ParsedLine traefik = record(
                "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\""
                        + " \"$http_user_agent\" $requests \"$router\" \"$url\" ${duration}ms",
                "192.0.2.1 - - " + TIME
                        + " \"GET / HTTP/1.1\" 200 12 \"-\" \"curl\" 7 \"web@docker\" \"http://10.0.0.1:80\" 4ms");
        assertThat(traefik.fields())
                .isEqualTo(
                        Map.of("requests", "7", "router", "web@docker", "url", "http://10.0.0.1:80", "duration", "4"));
        ParsedLine balancer = record(
                "$type $time_iso8601 $elb $remote_addr:$remote_port $target $t1 $t2 $t3 $status $target_status $received"
                        + " $bytes_sent \"$request\" \"$http_user_agent\" $ssl_cipher $ssl_protocol \"$trace\"",
                "h2 2015-05-17T10:05:03.250999Z app/lb/50dc 192.0.2.1:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366"
                        + " \"GET https://x.example:443/a HTTP/2.0\" \"curl\" ECDHE TLSv1.2 \"Root=1-58\"");
        assertThat(balancer.accepted().get("eventTime")).isEqualTo(TIME_MS + 250);
        assertThat(balancer.text("path")).isEqualTo("https://x.example:443/a");
        assertThat(balancer.fields()).containsEntry("remote_port", "2817").containsEntry("trace", "Root=1-58");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CustomLog logs/access.log combined",
                "CustomLog \"|/usr/bin/rotatelogs -l /var/log/a 86400\" combined env=!dontlog",
                "CustomLog ${APACHE_LOG_DIR}/access.log \"%h %l %u %t \\\"%r\\\" %>s %b \\\"%{Referer}i\\\""
                        + " \\\"%{User-Agent}i\\\"\" \"expr=%{REQUEST_STATUS} >= 400\"",
                "LogFormat \"%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"\" combined",
                "LogFormat \"%h %l %u %t \\\"%r\\\" %>s %b \\\"%{Referer}i\\\" \\\"%{User-Agent}i\\\"\"",
            })
    void directiveOfApacheIsReadAsItStands(String directive) {
        ParsedLine line =
                record(directive, "::1 - - " + TIME + " \"GET /a HTTP/1.1\" 200 12 \"http://x/\" \"Agent (z)\"");
        assertThat(line.text("userAgent")).isEqualTo("Agent (z)");
    }

    @Test
    void percentSignInAFormatOfNginxIsText() {
        assertThat(record("$remote_addr [$time_local] $status ${gzip_ratio}% x", "::1 " + TIME + " 200 32% x")
                        .fields())
                .isEqualTo(Map.of("gzip_ratio", "32"));
    }
}
