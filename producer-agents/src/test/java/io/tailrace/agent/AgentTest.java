package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tailrace.agent.parse.Format;
import io.tailrace.client.ProducerRecord;
import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentTest extends AgentFixture {
    private static final String LINE_OF_32_BYTES = "x".repeat(31) + "\n";
    private static final int CHUNK_LINES = AgentHarness.BATCH_BYTES / 32;
    private static final String LINE =
            "192.0.2.7 - - [17/May/2015:10:%02d:03 +0000] \"GET /%d HTTP/1.1\" 200 12 \"-\" \"a\"\n";

    private void follow(Format.Kind format) throws IOException {
        harness.close();
        harness = new AgentHarness(folder, new Format(format, "", "", "iso"), "access.log*");
    }

    @Test
    void recordsCarryTheirOriginAndEventTime() throws IOException {
        follow(Format.Kind.COMBINED);
        harness.append("access.log", LINE.formatted(5, 1) + LINE.formatted(6, 2));
        harness.run();
        ProducerRecord second = harness.producer.written.get(1);
        GenericRecord value = harness.decode(second);
        assertThat(value.get("host")).hasToString("host1");
        assertThat(value.get("file")).hasToString(harness.log("access.log").toString());
        assertThat(value.get("byteOffset"))
                .isEqualTo((long) LINE.formatted(5, 1).length());
        assertThat(value.get("fileId").toString()).matches("[0-9a-f]{16}");
        assertThat(second.timestampMs()).isEqualTo(OptionalLong.of(1_431_857_163_000L));
        assertThat(second.key()).isEqualTo(("host1:" + harness.log("access.log")).getBytes(StandardCharsets.UTF_8));
        assertThat(harness.registry.subjects).contains("lines-value", "dead-value", "audit-value", "progress-value");
    }

    @Test
    void realLogIsSentExceptForItsMalformedLine() throws IOException {
        Path real = Path.of(Objects.requireNonNullElse(System.getenv("TAILRACE_ACCESS_LOG"), "nowhere"));
        assumeTrue(Files.exists(real), "TAILRACE_ACCESS_LOG does not name a log");
        follow(Format.Kind.COMBINED);
        Files.copy(real, harness.log("access.log"));
        harness.run();
        harness.stop();
        assertThat(harness.values(AgentHarness.TOPIC).size()).isEqualTo(9_999);
        assertThat(harness.values(AgentHarness.DEAD_LETTERS)).singleElement().satisfies(letter -> {
            assertThat(letter.get("line").toString()).startsWith("46.118.127.106 - - [20/May/2015:12:05:17 +0000]");
            assertThat(letter.get("reason")).asString().startsWith("does not match the log format: expected ");
        });
        assertThat(harness.values(AgentHarness.TOPIC).stream()
                        .filter(value -> value.get("responseBytes") == null)
                        .count())
                .isEqualTo(669);
    }

    @Test
    void partialLineWaitsForItsEnd() throws IOException {
        harness.append("access.log", "one\ntw");
        harness.run();
        assertThat(harness.lines()).containsExactly("one");
        harness.append("access.log", "o\nthree\r\n\n");
        harness.run();
        assertThat(harness.lines()).containsExactly("one", "two", "three", "");
    }

    @Test
    void overlongLineIsTruncatedAndTheNextLineIsRead() throws IOException {
        String tooLong = "x".repeat(AgentHarness.LINE_BYTES_MAX + 1);
        String hugeLine = "y".repeat(20 * AgentHarness.BATCH_BYTES);
        harness.append("access.log", "before\n" + tooLong + "\n" + hugeLine);
        harness.run();
        assertThat(harness.lines()).containsExactly("before");
        harness.append("access.log", "\nafter\n");
        harness.run();
        assertThat(harness.lines()).containsExactly("before", "after");
        assertThat(harness.values(AgentHarness.DEAD_LETTERS))
                .extracting(letter -> letter.get("reason").toString())
                .containsExactly(
                        "line of 2049 bytes: expected at most 2048", "line of 81920 bytes: expected at most 2048");
        assertThat(harness.values(AgentHarness.DEAD_LETTERS).get(1).get("line"))
                .hasToString("y".repeat(AgentHarness.LINE_BYTES_MAX));
    }

    @Test
    void lineThatDoesNotDecodeGoesToTheDeadLettersWithItsBytes() throws IOException {
        byte[] latin1 = "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(harness.log("access.log"), latin1);
        harness.append("access.log", "\ncaf\u00e9\n");
        harness.run();
        assertThat(harness.lines()).containsExactly("caf\u00e9");
        GenericRecord letter = harness.values(AgentHarness.DEAD_LETTERS).get(0);
        assertThat(letter.get("line")).hasToString("caf\ufffd");
        assertThat(letter.get("lineBytes")).isEqualTo(ByteBuffer.wrap(latin1));
    }

    @Test
    void byteOrderMarkIsNotPartOfTheFirstLine() throws IOException {
        harness.append("access.log", "\ufefffirst\n\ufeffsecond\n");
        harness.run();
        assertThat(harness.lines()).containsExactly("first", "\ufeffsecond");
    }

    @Test
    void fileHasFourChunksInFlightAtMost() throws IOException {
        harness.producer.holding = true;
        harness.append("access.log", LINE_OF_32_BYTES.repeat(10 * CHUNK_LINES));
        harness.run();
        assertThat(harness.producer.pending).hasSize(4 * CHUNK_LINES);
        harness.run();
        assertThat(harness.producer.pending).hasSize(4 * CHUNK_LINES);
    }

    @Test
    void memoryOfAllFilesIsBounded() throws IOException {
        harness.producer.holding = true;
        for (int file = 0; file < 50; file++) {
            harness.append("access.log." + file, (file + " line\n").repeat(1_000));
        }
        harness.run();
        int linesMax = (1 << 20) / 200;
        assertThat(harness.producer.pending.size()).isLessThan(linesMax);
        harness.producer.holding = false;
        harness.producer.answerAll();
        harness.run();
        assertThat(harness.lines()).size().isEqualTo(50_000);
    }

    @Test
    void transientFailureIsRetriedUntilItPasses() throws IOException {
        harness.producer.refusal = record -> Optional.of(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        harness.append("access.log", "one\ntwo\n");
        for (int attempt = 0; attempt < 50; attempt++) {
            harness.run();
            harness.pass(10_000);
        }
        assertThat(harness.lines()).isEmpty();
        harness.producer.refusal = record -> Optional.empty();
        for (int attempt = 0; attempt < 2; attempt++) {
            harness.pass(30_000);
            harness.run();
        }
        assertThat(harness.lines()).containsExactly("one", "two");
    }

    @Test
    void failingProducerIsNotOfferedEachRecord() throws IOException {
        harness.producer.refusal = record -> Optional.of(ErrorCode.REQUEST_TIMED_OUT);
        harness.append("access.log", "one\ntwo\nthree\n");
        harness.run();
        assertThat(harness.producer.offered).isEqualTo(1);
    }

    @Test
    void onlyTheRecordThatBrokersRefuseBecomesADeadLetter() throws IOException {
        harness.producer.refusal = record -> {
            boolean large = record.topic().equals(AgentHarness.TOPIC)
                    && harness.decode(record).get("line").toString().startsWith("big");
            return large ? Optional.of(ErrorCode.MESSAGE_TOO_LARGE) : Optional.empty();
        };
        harness.append("access.log", "one\nbig\ntwo\n");
        // The block is halved twice.
        for (int halves = 0; halves < 4; halves++) {
            harness.run();
        }
        assertThat(harness.lines()).containsExactly("one", "two");
        assertThat(harness.values(AgentHarness.DEAD_LETTERS))
                .singleElement()
                .satisfies(letter -> assertThat(letter.get("line")).hasToString("big"));
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "true, 7", "true, 19", "false, 0", "false, 7", "false, 19", "true, -1", "false, -1"})
    void refusedRecordsBecomeDeadLettersAndTheOthersAreSentOnce(boolean named, int refused) throws IOException {
        harness.producer.namesRefused = named;
        harness.producer.refusal = record -> {
            boolean isBad = record.topic().equals(AgentHarness.TOPIC)
                    && (refused < 0
                            || harness.decode(record).get("line").toString().equals("line " + refused));
            return isBad ? Optional.of(ErrorCode.INVALID_TIMESTAMP) : Optional.empty();
        };
        List<String> expected = new ArrayList<>();
        for (int line = 0; line < 20; line++) {
            harness.append("access.log", "line " + line + "\n");
            if (refused >= 0 && line != refused) {
                expected.add("line " + line);
            }
        }
        harness.run();
        while (!harness.agent.isIdle(harness.steadyMs())) {
            harness.run();
        }
        assertThat(harness.lines()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(harness.values(AgentHarness.DEAD_LETTERS)).hasSize(20 - expected.size());
        harness.stop();
        AuditOracle.of(harness).check(20);
    }

    @Test
    void dividedBlocksTakeFewRequests() throws IOException {
        harness.producer.namesRefused = true;
        harness.producer.refusal = record ->
                record.topic().equals(AgentHarness.TOPIC) ? Optional.of(ErrorCode.INVALID_TIMESTAMP) : Optional.empty();
        harness.append("access.log", "line\n".repeat(500));
        for (int rounds = 0; rounds < 12; rounds++) {
            harness.run();
        }
        assertThat(harness.values(AgentHarness.DEAD_LETTERS)).hasSize(500);
    }

    @Test
    void blockOfDeadLettersThatIsTooLargeIsHalved() throws IOException {
        follow(Format.Kind.COMBINED);
        harness.producer.refuseBlocksAbove = 3;
        harness.append("access.log", "bad\n".repeat(20));
        for (int rounds = 0; rounds < 10; rounds++) {
            harness.run();
        }
        assertThat(harness.values(AgentHarness.DEAD_LETTERS)).hasSize(20);
    }

    @ParameterizedTest
    @ValueSource(longs = {5 * 3_600_000L, -5 * 3_600_000L})
    void clockThatJumpsNeitherBlocksNorHurries(long jumpMs) throws IOException {
        harness.append("access.log", "one\n");
        harness.run();
        Files.move(harness.log("access.log"), harness.log("gone"));
        harness.run();
        harness.setClockForward(jumpMs);
        harness.append("gone", "two\n");
        harness.append("access.log", "three\n");
        harness.run();
        assertThat(harness.lines()).containsExactlyInAnyOrder("one", "two", "three");
        assertThat(harness.producer.written.get(2).timestampMs()).hasValue(harness.nowMs);
        harness.pass(25_000);
        harness.append("gone", "four\n");
        harness.run();
        assertThat(harness.lines())
                .as("the file that lost its name is still watched")
                .contains("four");
        harness.append("access.log.b", "three\nanother log\n");
        harness.run();
        assertThat(harness.lines())
                .as("a file that begins alike is not young for hours")
                .contains("another log");
        harness.stop();
    }

    @ParameterizedTest
    @ValueSource(longs = {5 * 3_600_000L, -5 * 3_600_000L})
    void pausesGoByTheSteadyClock(long jumpMs) throws IOException {
        harness.producer.refusal = record -> Optional.of(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        harness.append("access.log", "one\n");
        harness.run();
        harness.setClockForward(jumpMs);
        harness.producer.refusal = record -> Optional.empty();
        harness.run();
        assertThat(harness.lines()).containsExactly("one");
        assertThat(harness.monitor.ready().ok()).isTrue();
    }

    @Test
    void nothingIsReadBeforeTheRegistryAnswers() throws IOException {
        harness.registry.down = true;
        harness.append("access.log", "one\n");
        harness.run();
        assertThat(harness.producer.written).isEmpty();
        harness.registry.down = false;
        harness.run();
        assertThat(harness.lines()).containsExactly("one");
    }

    @Test
    void cleanStopRepeatsNothing() throws IOException {
        harness.producer.holding = true;
        harness.append("access.log", "one\ntwo\n");
        harness.run();
        harness.stop();
        harness.start();
        harness.append("access.log", "three\n");
        harness.run();
        assertThat(harness.lines()).containsExactly("one", "two", "three");
    }

    @Test
    void chunkIsNotAcknowledgedBeforeTheOneInFrontOfIt() throws IOException {
        List<String> expected = new ArrayList<>();
        for (int line = 0; line < 1_000; line++) {
            expected.add("line " + line);
        }
        harness.append("access.log", String.join("\n", expected) + "\n");
        harness.producer.holding = true;
        harness.run();
        FakeProducer.Batch first = harness.producer.pending.element().batch();
        harness.producer.pending.removeIf(sent -> sent.batch() == first);
        harness.producer.answerAll();
        harness.run();
        harness.crash(0);
        harness.start();
        harness.run();
        assertThat(harness.lines()).containsAll(expected);
    }

    @Test
    void crashRepeatsAtMostFourChunks() throws IOException {
        harness.append("access.log", LINE_OF_32_BYTES.repeat(10_000));
        harness.producer.holding = true;
        harness.run();
        harness.producer.answerAll();
        harness.run();
        int inFlight = harness.agent.linesInFlight();
        assertThat(inFlight).isEqualTo(4 * CHUNK_LINES);
        harness.crash(inFlight);
        harness.start();
        harness.run();
        assertThat(harness.lines()).size().isEqualTo(10_000 + inFlight);
    }

    @Test
    void acknowledgedLinesAreCountedPerTopicAndTenMinutes() throws IOException {
        follow(Format.Kind.COMBINED);
        harness.append("access.log", LINE.formatted(5, 1) + LINE.formatted(9, 2) + LINE.formatted(10, 3) + "bad\n");
        harness.run();
        harness.pass(60_000);
        harness.run();
        Map<String, Long> counts = harness.values(AgentHarness.AUDIT).stream()
                .filter(count ->
                        count.get("topic").toString().equals(AgentHarness.TOPIC) && (Long) count.get("count") > 0)
                .collect(Collectors.toMap(
                        count -> count.get("windowStart").toString(), count -> (Long) count.get("count")));
        assertThat(counts).isEqualTo(Map.of("1431856800000", 2L, "1431857400000", 1L));
        assertThat(harness.values(AgentHarness.AUDIT))
                .extracting(count -> count.get("topic").toString())
                .contains(AgentHarness.DEAD_LETTERS);
    }

    @Test
    void crashSendsTheSameCountAgain() throws IOException {
        harness.append("access.log", "one\n");
        harness.run();
        harness.producer.holding = true;
        harness.pass(60_000);
        harness.run();
        harness.crash(1);
        harness.append("access.log", "two\n");
        harness.start();
        harness.run();
        harness.stop();
        List<GenericRecord> counts = harness.values(AgentHarness.AUDIT);
        assertThat(counts).hasSize(3);
        assertThat(counts.get(1)).isEqualTo(counts.get(0));
        assertThat(counts.get(2).get("sequence")).isEqualTo(1L);
    }
}
