package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.parse.Format;
import io.tailrace.agent.parse.Format.Kind;
import io.tailrace.agent.tail.FileSelection;
import io.tailrace.agent.tail.TailConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes of a line are, it becomes a record or a dead letter with a reason, always the same one. */
class OddLinesTest {
    private static final long SEED = 20150517;
    private static final int LINES = 1_000;
    private static final int LINE_BYTES_MAX = 32 << 10;

    private static final List<String> GOOD = List.of(
            "192.0.2.7 - frank [17/May/2015:10:05:03 +0200] \"GET /a?b=c HTTP/1.1\" 200 12 \"http://x/~y\" \"Agent (z)\"",
            "www.example:80 ::1 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 - \"-\" \"-\"",
            "::1 2015-05-17 10:05:03.250 200 x.example/a, b 10.0.0.1 \"caf\u00e9\"",
            "::1 2015-05-17T10:05:03Z 1.1.1.1:80, 2.2.2.2:80 502, 200 200 x.example/a b",
            "{\"at\":1431857103.250}",
            "::1 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12",
            "{\"at\":\"2015-05-17T10:05:03Z\",\"msg\":\"\u65e5\u672c \\ud83d\\ude00\",\"n\":[1,{\"x\":2.50}],\"z\":null}",
            "at=2015-05-17T10:05:03Z level=info msg=\"a \\\"b\\\" \\u00e9\" url=/x?y=z n=1 bare",
            "2015-05-17T10:05:03Z WARN xxxxxxxxxxy");

    private static final List<String> HOSTILE = List.of(
            "",
            " ",
            "\"",
            "\u0000\u0000\u0000",
            "{\"at\":\"+999999999-12-31T23:59:59Z\"}",
            "{\"at\":\"9999-12-31T23:59:59.999999999+18:00\"}",
            "{\"at\":\"2015-05-17T10:05:03+19:00\"}",
            "{\"at\":\"2015-05-17T10:05:03[No/Where]\"}",
            "{\"at\":99999999999999999999999999}",
            "{\"at\":\"2015-05-17T10:05:03Z\",\"n\":" + "9".repeat(10_000) + "}",
            "{\"at\":\"2015-05-17T10:05:03Z\",\"d\":" + "[".repeat(9_000) + "]".repeat(9_000) + "}",
            "{\"at\":\"2015-05-17T10:05:03Z\",\"d\":" + "{\"d\":".repeat(2_000) + "1" + "}".repeat(2_000) + "}",
            "{\"at\":\"2015-05-17T10:05:03Z\",\"\\ud800\":\"\\udc00\",\"\\ud801\":\"\\u0000\"}",
            "{\"at\":\"2015-05-17T10:05:03Z\",\"n\":1e999999999}",
            "at=2015-05-17T10:05:03Z \ufeffx=\"\\ud800\\U0010ffff\\x80\" =",
            "at=\"+1000000000-01-01T00:00:00Z\" x=1",
            "2015-05-17T10:05:03Z WARN " + "x".repeat(20_000),
            "::1 - - [31/Feb/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"-\"",
            "::1 - - [17/May/9999:23:59:60 -1859] \"GET / HTTP/1.1\" 99999999999 12 \"-\" \"-\"",
            "::1 - - [17/May/2015:10:05:03 +0000] \"\\\" 200 " + "8".repeat(10_000) + " \"-\" \"-\"",
            "::1 2015-02-30 10:05:03.250 200 /" + ", ".repeat(5_000));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    static Stream<Arguments> formats() {
        return Stream.of(
                        AgentHarness.RAW,
                        new Format(Kind.COMBINED, "", "", "iso"),
                        new Format(Kind.COMMON, "", "", "iso"),
                        new Format(Kind.VHOST_COMBINED, "", "", "iso"),
                        new Format(Kind.LOGFORMAT, "%h %{%F %T}t.%{msec_frac}t %>s %v%U %A \"%{X}n\"", "", "iso"),
                        new Format(
                                Kind.LOGFORMAT,
                                "$remote_addr $time_iso8601 $upstream_addr $upstream_status $status $host$uri",
                                "",
                                "iso"),
                        new Format(Kind.JSON, "", "at", "iso"),
                        new Format(Kind.JSON, "", "at", "epoch-seconds"),
                        new Format(Kind.JSON, "", "at", "yyyy-MM-dd'T'HH:mm:ssX"),
                        new Format(Kind.LOGFMT, "", "at", "iso"),
                        new Format(Kind.REGEX, "(?<at>\\S+) (?<level>\\S*) (?<x>(x+x+)+y)?.*", "at", "iso"))
                .flatMap(format -> Stream.of(StandardCharsets.UTF_8, Charset.forName("windows-1252"))
                        .map(charset -> Arguments.of(format, charset)));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void everyLineIsARecordOrADeadLetter(Format format, Charset charset) throws IOException {
        byte[] log = log(charset);
        Map<Long, String> first = outcomes(folder.resolve("first"), format, charset, log);
        assertThat(first).hasSize(LINES);
        assertThat(first.values()).anyMatch(outcome -> outcome.startsWith("record "));
        assertThat(outcomes(folder.resolve("second"), format, charset, log)).isEqualTo(first);
    }

    /** What became of each line, by its offset. Every record is decoded with its schema. */
    private static Map<Long, String> outcomes(Path folder, Format format, Charset charset, byte[] log)
            throws IOException {
        try (AgentHarness harness = new AgentHarness(folder, logs -> List.of(source(logs, format, charset)))) {
            harness.nowMs = 1_500_000_000_000L;
            Files.write(harness.log("odd.log"), log);
            harness.run();
            Map<Long, String> outcomes = new TreeMap<>();
            for (GenericRecord record : harness.values(AgentHarness.TOPIC)) {
                outcomes.put((Long) record.get("byteOffset"), "record " + identity(record));
            }
            for (GenericRecord letter : harness.values(AgentHarness.DEAD_LETTERS)) {
                assertThat(letter.get("reason").toString()).isNotBlank().doesNotContain("the parser failed");
                outcomes.put((Long) letter.get("byteOffset"), letter.get("reason") + " " + identity(letter));
            }
            return outcomes;
        }
    }

    /** The same for equal records, whatever file they are from. */
    private static int identity(GenericRecord record) {
        record.put("fileId", null);
        record.put("file", "");
        return record.toString().hashCode();
    }

    private static Source source(Path logs, Format format, Charset charset) {
        TailConfig tail = new TailConfig(
                "odd",
                FileSelection.of(List.of(logs + "/odd.log")),
                charset,
                LINE_BYTES_MAX,
                4 * LINE_BYTES_MAX,
                30_000,
                300_000,
                7L * 24 * 3_600_000);
        return new Source(tail, format, AgentHarness.TOPIC);
    }

    private static byte[] log(Charset charset) {
        Random random = new Random(SEED);
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        for (int line = 0; line < LINES; line++) {
            byte[] bytes =
                    switch (line % 4) {
                        case 0 -> one(HOSTILE, random).getBytes(charset);
                        case 1 ->
                            mutated(
                                    one(random.nextBoolean() ? GOOD : HOSTILE, random)
                                            .getBytes(charset),
                                    random);
                        case 2 -> random(random);
                        default -> mutated(one(GOOD, random).getBytes(charset), random);
                    };
            for (byte b : bytes) {
                log.write(b == '\n' ? ' ' : b);
            }
            log.write('\n');
        }
        return log.toByteArray();
    }

    private static String one(List<String> lines, Random random) {
        return lines.get(random.nextInt(lines.size()));
    }

    private static byte[] random(Random random) {
        byte[] bytes = new byte[random.nextInt(60)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Changes, drops or repeats a few bytes. */
    private static byte[] mutated(byte[] bytes, Random random) {
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        int changes = random.nextInt(4);
        for (byte b : bytes) {
            boolean isChanged = random.nextInt(Math.max(1, bytes.length)) < changes;
            int kind = isChanged ? random.nextInt(3) : 3;
            if (kind == 0) {
                result.write(random.nextInt(256));
            } else if (kind == 1) {
                result.write(b);
                result.write(b);
            } else if (kind == 3) {
                result.write(b);
            }
        }
        return result.toByteArray();
    }
}
