package io.tailrace.agent.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.agent.parse.Format.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldParsersTest {
    private static final long READ_MS = 42;

    private static ParsedLine parsed(Format format, String line) {
        return ParsedLine.of(format.parser(Map.of()), line, READ_MS);
    }

    private static Format format(Kind kind, String pattern) {
        return new Format(kind, pattern, "", "iso");
    }

    @Test
    void rawAcceptsAnyLineWithTheReadTime() {
        ParsedLine line = parsed(format(Kind.RAW, ""), "any \u20ac line");
        assertThat(line.text("line")).isEqualTo("any \u20ac line");
        assertThat(line.accepted().get("eventTime")).isEqualTo(READ_MS);
        assertThat(line.fields()).isEqualTo(Map.of());
    }

    @Test
    void jsonMembersAreFields() {
        ParsedLine line =
                parsed(format(Kind.JSON, ""), "{\"a\":\"x\",\"b\":1.5,\"c\":{\"d\":[1]},\"e\":null,\"f\":true}");
        assertThat(line.fields()).isEqualTo(Map.of("a", "x", "b", "1.5", "c", "{\"d\":[1]}", "f", "true"));
    }

    @Test
    void jsonValuesAreCopiedAsTheyStand() {
        String digits = "9".repeat(10_000);
        ParsedLine line = parsed(
                format(Kind.JSON, ""),
                "{\"a\":1.10,\"b\":1E+400,\"c\":" + digits + ",\"d\": { \"x\": [1, 2.0] } ,\"e\":[],\"f\":-0}");
        assertThat(line.fields())
                .isEqualTo(Map.of(
                        "a", "1.10", "b", "1E+400", "c", digits, "d", "{ \"x\": [1, 2.0] }", "e", "[]", "f", "-0"));
    }

    @Test
    void lastOfSeveralMembersCounts() {
        assertThat(parsed(format(Kind.JSON, ""), "{\"a\":1,\"b\":2,\"a\":3,\"b\":null}")
                        .fields())
                .isEqualTo(Map.of("a", "3"));
    }

    @Test
    void halfOfASurrogatePairIsReplaced() {
        assertThat(parsed(format(Kind.JSON, ""), "{\"\\ud800\":\"a\\udc00b\",\"x\":\"\\ud83d\\ude00\"}")
                        .fields())
                .isEqualTo(Map.of("\ufffd", "a\ufffdb", "x", "\ud83d\ude00"));
    }

    @Test
    void depthOfJsonIsBounded() {
        String deep = "{\"a\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}";
        assertThat(parsed(format(Kind.JSON, ""), deep).rejection()).startsWith("not JSON: Document nesting depth");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "nonsense", "[1]", "{\"a\":1", "{\"a\":1} x", "{\"a\":1}{}", "{\"a\":}", "{\"a\"", "null"})
    void lineThatIsNotAJsonObjectIsRejected(String line) {
        assertThat(parsed(format(Kind.JSON, ""), line).rejection()).isNotNull();
    }

    @Test
    void namedGroupsThatMatchedAreFields() {
        ParsedLine line =
                parsed(format(Kind.REGEX, "(?<level>[A-Z]+) (\\d+) (?<text>.*?)(?<extra>!)?"), "WARN 12 it is");
        assertThat(line.fields()).isEqualTo(Map.of("level", "WARN", "text", "it is"));
        assertThat(line.text("line")).isEqualTo("WARN 12 it is");
    }

    @Test
    void groupsOfBothSpellingsAreFieldsAndEscapedTextIsNot() {
        ParsedLine line = parsed(format(Kind.REGEX, "\\(?<no>x(?<yes>y)(?P<too>z)?"), "(<no>xyz");
        assertThat(line.fields()).isEqualTo(Map.of("yes", "y", "too", "z"));
    }

    @Test
    void noLineMakesAnExpressionSlow() {
        Format nested = format(Kind.REGEX, "(?<a>(x+x+)+)y");
        assertThat(parsed(nested, "x".repeat(50_000)).rejection()).startsWith("does not match");
    }

    @Test
    void lineThatDoesNotMatchIsRejectedWithTheExpression() {
        assertThat(parsed(format(Kind.REGEX, "(?<a>\\d+)"), "x").rejection()).isEqualTo("does not match (?<a>\\d+)");
    }

    @ParameterizedTest
    @CsvSource({
        "iso, 2015-05-17T10:05:03Z, 1431857103000",
        "iso, 2015-05-17T12:05:03.250+02:00, 1431857103250",
        "iso, 2015-05-17T10:05:03, 1431857103000",
        "iso, 2015-05-17T12:05:03+0200, 1431857103000",
        "iso, '2015-05-17T12:05:03,250+02:00', 1431857103250",
        "iso, 2015-05-17 10:05:03.250Z, 1431857103250",
        "iso, 20150517T100503Z, 1431857103000",
        "iso, 2015-05-17T12:05:03+02, 1431857103000",
        "iso, 2015-05-17T10:05:03.250123456Z, 1431857103250",
        "iso, 2015-05-17T10:05:03.250123456789Z, 1431857103250",
        "iso, 2015-05-17T10:05Z, 1431857100000",
        "iso, 2015-05-17 10:05:03 UTC, 1431857103000",
        "iso, 2015-05-17T12:05:03.250+02:00[Europe/Berlin], 1431857103250",
        "iso, 2015-05-17 12:05:03.25 +0200 UTC, 1431857103250",
        "epoch-micros, 1431857103250999, 1431857103250",
        "epoch-nanos, 1431857103250999999, 1431857103250",
        "iso, 2016-12-31T23:59:60Z, 1483228800000",
        "iso, 1969-12-31T23:59:59Z, -1000",
        "epoch-millis, 1431857103000, 1431857103000",
        "epoch-seconds, 1431857103.5, 1431857103500",
        "yyyy/MM/dd HH:mm:ss Z, 2015/05/17 12:05:03 +0200, 1431857103000",
    })
    void timeIsReadFromItsField(String timeFormat, String text, long expectedMs) {
        Format format = new Format(Kind.JSON, "", "at", timeFormat);
        assertThat(parsed(format, "{\"at\":\"" + text + "\"}").accepted().get("eventTime"))
                .isEqualTo(expectedMs);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2015-05-17",
                "17/May/2015:10:05:03 +0000",
                "2015-04-31T10:05:03Z",
                "2015-05-17T24:05:03Z",
                "2015-0517T10:05:03Z",
                "2015-05-17T10:0503Z",
                "2015-05-17T10:05:03+99",
                "99999-05-17T10:05:03Z",
                "+999999999-01-01T00:00:00Z",
                "",
            })
    void textThatIsNoIsoTimeIsRejected(String text) {
        assertThat(parsed(new Format(Kind.JSON, "", "at", "iso"), "{\"at\":\"" + text + "\"}")
                        .rejection())
                .isEqualTo("field \"at\": expected a time, found \"" + text + "\"");
    }

    @Test
    void lineWithoutATimeIsRejected() {
        Format format = new Format(Kind.JSON, "", "at", "iso");
        assertThat(parsed(format, "{}").rejection()).isEqualTo("no field \"at\", which should hold the time");
        assertThat(parsed(format, "{\"at\":\"noon\"}").rejection())
                .isEqualTo("field \"at\": expected a time, found \"noon\"");
    }

    @Test
    void invalidPatternsAreRefused() {
        assertThatThrownBy(() -> format(Kind.REGEX, "(").parser(Map.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> format(Kind.REGEX, "(?<a>x)(?!y)").parser(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(?!");
        assertThatThrownBy(() -> new Format(Kind.JSON, "", "at", "qqq{").parser(Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
