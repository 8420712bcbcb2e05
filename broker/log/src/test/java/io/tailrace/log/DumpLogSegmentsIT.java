package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks files of this log with Apache Kafka's dump tool. */
class DumpLogSegmentsIT {
    private static final String TOOL = "org.apache.kafka.tools.DumpLogSegments";
    private static final Pattern RECORD =
            Pattern.compile("^\\| offset: (\\d+) CreateTime: (\\d+) .* key: (\\S+) payload: (\\S+)$");

    private int records;

    @Test
    void readsEveryCodecOverSeveralSegments(@TempDir Path directory) throws Exception {
        try (LogFixture fixture = new LogFixture(directory, LogFixture.SMALL_SEGMENTS)) {
            fixture.openLog();
            List<String> expected = append(fixture, 200);
            assertThat(fixture.log().segmentCount()).isGreaterThan(4);
            fixture.stop();
            expectNoComplaint(fixture, expected);
        }
    }

    @Test
    void readsFilesAfterRecovery(@TempDir Path directory, @TempDir Path crashed) throws Exception {
        try (LogFixture fixture = new LogFixture(directory, LogFixture.SMALL_SEGMENTS)) {
            fixture.openLog();
            List<String> expected = append(fixture, 150);
            try (LogFixture copy = fixture.crashedCopy(crashed)) {
                List<Path> logs = copy.files(LogFiles.LOG);
                Path last = logs.get(logs.size() - 1);
                LogFixture.cut(last, Files.size(last) - 1);
                Files.delete(copy.files(LogFiles.INDEX).get(1));
                Files.delete(copy.files(LogFiles.TIME_INDEX).get(2));
                Log recovered = copy.openLog();
                expected = expected.subList(0, (int) recovered.logEndOffset());
                expected = Stream.concat(expected.stream(), append(copy, 50, recovered.logEndOffset()).stream())
                        .toList();
                copy.stop();
                expectNoComplaint(copy, expected);
            }
        }
    }

    @Test
    void readsFilesAfterTruncation(@TempDir Path directory) throws Exception {
        try (LogFixture fixture = new LogFixture(directory, LogFixture.SMALL_SEGMENTS)) {
            Log log = fixture.openLog();
            List<String> expected = append(fixture, 150);
            log.truncateTo(log.logEndOffset() / 2, fixture.nowMs);
            expected = expected.subList(0, (int) log.logEndOffset());
            expected = Stream.concat(expected.stream(), append(fixture, 60, log.logEndOffset()).stream())
                    .toList();
            fixture.stop();
            expectNoComplaint(fixture, expected);
        }
    }

    @Test
    void readsFilesAfterCompaction(@TempDir Path directory) throws Exception {
        LogConfig config = LogFixture.SMALL_SEGMENTS.with(
                new LogConfig.Compaction(true, 0.1, 0, LogConfig.UNLIMITED, LogConfig.UNLIMITED));
        try (LogFixture fixture = new LogFixture(directory, config)) {
            Log log = fixture.openLog();
            append(fixture, 150);
            // The same keys again, fewer of them.
            records = 100;
            append(fixture, 100, log.logEndOffset());
            LogCompactor compactor = new LogCompactor(
                    fixture.directory(), new LogCompactor.Limits(1 << 20, 1 << 20, 1), CompactionPace.UNLIMITED);
            for (int i = 0; i < 3; i++) {
                assertThat(compactor.compactNext(fixture.nowMs, partition -> Long.MAX_VALUE))
                        .isTrue();
                append(fixture, 60, log.logEndOffset());
            }
            List<String> expected = new ArrayList<>();
            CompactionModel.read(log)
                    .forEach((offset, entry) ->
                            expected.add(offset + " " + entry.timestampMs() + " " + entry.key() + " " + entry.value()));
            assertThat(expected.size()).isLessThan((int) log.logEndOffset());
            fixture.stop();
            expectNoComplaint(fixture, expected);
        }
    }

    @Test
    void readsProducerSnapshots(@TempDir Path directory) throws Exception {
        try (LogFixture fixture = new LogFixture(directory, LogFixture.SMALL_SEGMENTS)) {
            fixture.openLog();
            for (int i = 0; i < 7; i++) {
                fixture.append(Batches.idempotent(42, 3, i * 2, 2));
                fixture.append(Batches.idempotent(43, 0, i, 1));
            }
            fixture.stop();
            String dump = dump(fixture.files(LogFiles.SNAPSHOT));
            assertThat(dump)
                    .contains("producerId: 42 producerEpoch: 3", "lastSequence: 13", "producerId: 43 producerEpoch: 0")
                    .contains("lastSequence: 6");
        }
    }

    @Test
    void readsIndexesOfAbortedTransactions(@TempDir Path directory) throws Exception {
        try (LogFixture fixture = new LogFixture(directory, LogFixture.SMALL_SEGMENTS)) {
            Log log = fixture.openLog();
            log.appendVerified(Batches.transactional(42, 3, 0, 2), 0, ProducerEntry.NO_MARKER, fixture.nowMs);
            log.appendVerified(Batches.transactional(43, 0, 0, 1), 0, ProducerEntry.NO_MARKER, fixture.nowMs);
            log.appendMarker(new EndTransactionMarker(43, (short) 1, false, 7), true, 0, fixture.nowMs);
            fixture.stop();

            assertThat(dump(fixture.files(LogFiles.TRANSACTION_INDEX)))
                    .contains("producerId: 43 firstOffset: 2 lastOffset: 3 lastStableOffset: 0");
            assertThat(dump(fixture.files(LogFiles.SNAPSHOT))).contains("currentTxnFirstOffset: OptionalLong[0]");
            assertThat(dump(fixture.files(LogFiles.LOG)))
                    .contains("producerId: 43 producerEpoch: 1", "isControl: true")
                    .doesNotContain("isvalid: false");
        }
    }

    private List<String> append(LogFixture fixture, int batches) throws IOException {
        return append(fixture, batches, 0);
    }

    /** Appends batches of one to five records. Returns what the tool should print for each record. */
    private List<String> append(LogFixture fixture, int batches, long firstOffset) throws IOException {
        List<String> expected = new ArrayList<>();
        long offset = firstOffset;
        for (int i = 0; i < batches; i++) {
            RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.ofId(i % 5), 1 << 20);
            for (int j = 0; j <= i % 5; j++) {
                int n = records++;
                long timestampMs = 1_700_000_000_000L + n * 7L % 1_000 + n;
                String value = "value-" + n + "-" + "x".repeat(n % 90);
                builder.append(timestampMs, utf8("key-" + n), utf8(value), List.of());
                expected.add(offset + " " + timestampMs + " key-" + n + " " + value);
                offset++;
            }
            ByteBuffer batch = builder.build();
            assertThat(fixture.append(batch)).isEqualTo(offset - i % 5 - 1);
        }
        return expected;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void expectNoComplaint(LogFixture fixture, List<String> expected) throws Exception {
        List<Path> indexes = new ArrayList<>(fixture.files(LogFiles.INDEX));
        indexes.addAll(fixture.files(LogFiles.TIME_INDEX));
        List<Path> logs = fixture.files(LogFiles.LOG);
        assertThat(indexes).hasSize(2 * logs.size());

        String dump = dump(logs, "--deep-iteration", "--print-data-log");
        assertThat(dump).doesNotContain("isvalid: false", "invalid bytes", "not consecutive");
        assertThat(dump.lines()
                        .map(RECORD::matcher)
                        .filter(Matcher::matches)
                        .map(record -> record.group(1) + " " + record.group(2) + " " + record.group(3) + " "
                                + record.group(4)))
                .containsExactlyElementsOf(expected);

        String verified = dump(indexes, "--verify-index-only");
        assertThat(verified)
                .doesNotContainIgnoringCase("mismatch")
                .doesNotContain("out of order", "not found", "Exception", "offset: ");
        String checked = dump(indexes, "--index-sanity-check");
        for (Path index : indexes) {
            assertThat(checked).contains(index + " passed sanity check.");
        }
    }

    /** The output of the tool, which runs in its own process because it writes to standard output. */
    private static String dump(List<Path> files, String... options) throws Exception {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-cp", classPath));
        command.add(TOOL);
        command.addAll(List.of(options));
        command.add("--files");
        command.add(files.stream().map(Path::toString).collect(Collectors.joining(",")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
