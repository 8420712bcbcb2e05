package io.tailrace.agent.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessLogParserTest {
    private final LineParser combined = new AccessLogParser("combined");

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
        ParsedLine record =
                record(new AccessLogParser("common"), "::1 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12");
        assertThat(record.text("clientAddress")).isEqualTo("::1");
        assertThat(record.text("userAgent")).isNull();
    }

    @Test
    void valuesOfACustomFormatWithoutAColumnBecomeFields() {
        ParsedLine record = record(
                new AccessLogParser("%v %h %l %u %t \"%r\" %>s %b %D \"%{X-Trace}i\""),
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
                new AccessLogParser("$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent"
                        + " \"$http_referer\" \"$http_user_agent\""),
                "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET /x HTTP/1.1\" 200 12 \"-\" \"a\"");
        assertThat(record.text("path")).isEqualTo("/x");
        assertThat(record.accepted().get("responseBytes")).isEqualTo(12L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%h %l", "", "not a format", "%h %t \"%r\""})
    void formatWithoutClientTimeAndStatusIsRefused(String format) {
        assertThatThrownBy(() -> new AccessLogParser(format)).isInstanceOf(IllegalArgumentException.class);
    }
}
