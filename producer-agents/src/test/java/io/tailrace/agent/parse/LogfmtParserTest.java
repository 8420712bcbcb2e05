package io.tailrace.agent.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogfmtParserTest {
    private static final Format FORMAT = new Format(Format.Kind.LOGFMT, "", "", "iso");

    private static ParsedLine parsed(String line) {
        return ParsedLine.of(FORMAT.parser(Map.of()), line, 42);
    }

    @Test
    void pairsAreFields() {
        ParsedLine line =
                parsed("level=info  msg=\"it \\\"runs\\\", a=b\" n=-1.5e3 url=/x?a=b&c=d== empty= none=\"\" bare\t");
        assertThat(line.fields())
                .isEqualTo(Map.of(
                        "level",
                        "info",
                        "msg",
                        "it \"runs\", a=b",
                        "n",
                        "-1.5e3",
                        "url",
                        "/x?a=b&c=d==",
                        "empty",
                        "",
                        "none",
                        "",
                        "bare",
                        ""));
        assertThat(line.text("line")).startsWith("level=info  msg=").endsWith("bare\t");
        assertThat(line.accepted().get("eventTime")).isEqualTo(42L);
    }

    @ParameterizedTest
    @CsvSource({
        "\\n\\t\\\\\\/, '\n\t\\/'",
        "\\u00e9\\x41\\U0001f600, \u00e9A\ud83d\ude00",
        "\\ud83d\\ude00, \ud83d\ude00",
        "\\ud83d, \ufffd",
        "\\xff, \ufffd",
        "\\UFFFFFFFF, \ufffd",
    })
    void escapesOfJsonAndGoAreRead(String escaped, String expected) {
        assertThat(parsed("k=\"" + escaped + "\"").fields()).isEqualTo(Map.of("k", expected));
    }

    @Test
    void lastOfSeveralValuesCounts() {
        assertThat(parsed("a=1 b=2 a=3").fields()).isEqualTo(Map.of("a", "3", "b", "2"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                | expected key=value",
                "only some words   | expected key=value",
                "=1                | not logfmt: expected a key before '=', at character 1",
                "a=1 =2            | not logfmt: expected a key before '=', at character 5",
                "a=\"open          | not logfmt: expected a quote at the end of the value of a, at character 3",
                "a=\"x\\\"          | not logfmt: expected a quote at the end of the value of a, at character 3",
                "a=\"x\"y          | not logfmt: expected a space after the value of a, at character 6",
                "a=x\"y\"          | not logfmt: unexpected quote in the value of a, at character 4",
                "a\"b=1            | not logfmt: unexpected quote, at character 1",
                "a=\"\\q\"         | not logfmt: unknown escape in the value of a, at character 6",
                "a=\"\\u12\"       | not logfmt: unknown escape in the value of a, at character 6",
            })
    void brokenLineIsRejectedWithThePlace(String line, String reason) {
        assertThat(parsed(line).rejection()).isEqualTo(reason);
    }

    @Test
    void timeIsReadFromItsField() {
        LineParser parser = new Format(Format.Kind.LOGFMT, "", "ts", "iso").parser(Map.of());
        assertThat(ParsedLine.of(parser, "ts=2015-05-17T10:05:03Z a=1", 0)
                        .accepted()
                        .get("eventTime"))
                .isEqualTo(1_431_857_103_000L);
        assertThat(ParsedLine.of(parser, "a=1", 0).rejection())
                .isEqualTo("no field \"ts\", which should hold the time");
    }
}
