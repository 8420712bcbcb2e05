package io.tailrace.agent.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.agent.parse.Format.Kind;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldParsersTest {
    private static final long READ_MS = 42;

    private static ParsedLine parsed(Format format, String line) {
        return ParsedLine.of(format.parser(), line, READ_MS);
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

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "[1]", "{\"a\":1", "{\"a\":1} x", "null"})
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
    void escapedTextIsNotAGroup() {
        assertThat(RegexParser.namedGroups(Pattern.compile("\\(?<no>x(?<yes>y)(?<!z)")))
                .containsExactly("yes");
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
        "epoch-millis, 1431857103000, 1431857103000",
        "epoch-seconds, 1431857103.5, 1431857103500",
        "yyyy/MM/dd HH:mm:ss Z, 2015/05/17 12:05:03 +0200, 1431857103000",
    })
    void timeIsReadFromItsField(String timeFormat, String text, long expectedMs) {
        Format format = new Format(Kind.JSON, "", "at", timeFormat);
        assertThat(parsed(format, "{\"at\":\"" + text + "\"}").accepted().get("eventTime"))
                .isEqualTo(expectedMs);
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
        assertThatThrownBy(() -> format(Kind.REGEX, "(").parser()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Format(Kind.JSON, "", "at", "qqq{").parser())
                .isInstanceOf(IllegalArgumentException.class);
    }
}
