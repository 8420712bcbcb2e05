package io.tailrace.agent.tail;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records of several lines, read from a file that grows. */
class MultilineTest {
    private static final int LINE_BYTES_MAX = 64;
    private static final int CHUNK_BYTES = 256;
    private static final long TIMEOUT_MS = 1_000;
    private static final Multiline START = new Multiline(Pattern.compile("^\\d"), true, TIMEOUT_MS);
    private static final Multiline CONTINUE = new Multiline(Pattern.compile("^\\s"), false, TIMEOUT_MS);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private long nowMs;
    private boolean last;
    private ReadCursor cursor = new ReadCursor();
    private LineReader.Search search = new LineReader.Search();
    private final List<Chunk> chunks = new ArrayList<>();

    @BeforeEach
    void createLog() throws IOException {
        append("", StandardCharsets.UTF_8);
    }

    private void append(String text, Charset charset) throws IOException {
        Files.write(
                folder.resolve("log"), text.getBytes(charset), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private List<String> read(Multiline multiline) throws Exception {
        return read(multiline, StandardCharsets.UTF_8, Long.MAX_VALUE);
    }

    /** The records of all that can be read now, each with its offset if it is truncated. */
    private List<String> read(Multiline multiline, Charset charset, long bytesMax) throws Exception {
        Path file = folder.resolve("log");
        TailConfig config = new TailConfig(
                "web", FileSelection.of(List.of(file.toString())), charset, LINE_BYTES_MAX, CHUNK_BYTES, 0, 0, 0);
        LineReader reader = new LineReader(config.with(multiline), new LineBuffers());
        List<String> records = new ArrayList<>();
        try (Content content = Content.open(file)) {
            boolean more = true;
            while (more) {
                long left = bytesMax == Long.MAX_VALUE ? bytesMax : bytesMax - cursor.offset();
                long searchedTo = search.searchedTo();
                Optional<Chunk> chunk = reader.read(
                        content, cursor, search, new LineReader.Limits(left, last, 0, nowMs, Long.MAX_VALUE));
                chunk.ifPresent(chunks::add);
                chunk.ifPresent(found -> records.addAll(records(found, charset)));
                more = (chunk.isPresent() || search.searchedTo() > searchedTo) && left > 0;
            }
        }
        return records;
    }

    private static List<String> records(Chunk chunk, Charset charset) {
        Lines lines = chunk.lines();
        List<String> records = new ArrayList<>();
        for (int line = 0; line < lines.count(); line++) {
            int start = lines.start(line);
            String text = new String(lines.bytes(), start, lines.end(line) - start, charset);
            long dropped = lines.dropped(line);
            records.add(dropped == 0 ? text : (chunk.offset() + start) + ": " + dropped + " dropped");
        }
        return records;
    }

    @Test
    void linesThatDoNotBeginARecordBelongToTheOneBefore() throws Exception {
        append("1 a\r\n  at x\r\n  at y\r\n2 b\n3 c\n", StandardCharsets.UTF_8);
        assertThat(read(START)).containsExactly("1 a\r\n  at x\r\n  at y", "2 b");
        append(" more\n4", StandardCharsets.UTF_8);
        assertThat(read(START)).isEmpty();
        append(" d\n", StandardCharsets.UTF_8);
        assertThat(read(START)).containsExactly("3 c\n more");
    }

    @Test
    void linesThatContinueBelongToTheOneBefore() throws Exception {
        append("a\n\tat x\nb\nc\n d\n", StandardCharsets.UTF_8);
        assertThat(read(CONTINUE)).containsExactly("a\n\tat x", "b");
    }

    @Test
    void lastRecordIsWholeOnceTheFileHasNotGrownForTheTimeout() throws Exception {
        append("1 a\n", StandardCharsets.UTF_8);
        assertThat(read(START)).isEmpty();
        assertThat(search.isPending()).isTrue();
        nowMs += TIMEOUT_MS - 1;
        append(" b\n", StandardCharsets.UTF_8);
        assertThat(read(START)).isEmpty();
        nowMs += TIMEOUT_MS - 1;
        assertThat(read(START)).isEmpty();
        nowMs += 1;
        assertThat(read(START)).containsExactly("1 a\n b");
        assertThat(search.isPending()).isFalse();
        append(" too late\n2 c\n", StandardCharsets.UTF_8);
        assertThat(read(START)).containsExactly(" too late");
    }

    @Test
    void recordIsNotWholeWhileALineHasNoEnd() throws Exception {
        append("1 a\n b", StandardCharsets.UTF_8);
        assertThat(read(START)).isEmpty();
        nowMs += 100 * TIMEOUT_MS;
        assertThat(read(START)).isEmpty();
        assertThat(search.isPending()).isFalse();
        last = true;
        assertThat(read(START)).containsExactly("1 a\n b");
    }

    @Test
    void lastLineWithoutAnEndMayBeginARecord() throws Exception {
        append("1 a\n2 b", StandardCharsets.UTF_8);
        last = true;
        assertThat(read(START)).containsExactly("1 a", "2 b");
    }

    @Test
    void recordGoesOnAcrossChunks() throws Exception {
        StringBuilder log = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String record = i % 10 + " " + "x".repeat(i % 20) + "\n y".repeat(i % 7);
            expected.add(record);
            log.append(record).append('\n');
        }
        append(log.toString(), StandardCharsets.UTF_8);
        List<String> found = read(START);
        assertThat(chunks.size()).isGreaterThan(5);
        nowMs += TIMEOUT_MS;
        found.addAll(read(START));
        assertThat(found).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {65, 255, 256, 257, 300, 1_000, 40_000})
    void overlongRecordIsTruncatedAndTheNextOneIsWhole(int length) throws Exception {
        String record = "1" + "\n 345678".repeat(length / 8) + "x".repeat(length % 8);
        append("0\n" + record + "\n2 b\n3\n", StandardCharsets.UTF_8);
        assertThat(read(START)).containsExactly("0", "2: " + (record.length() - LINE_BYTES_MAX) + " dropped", "2 b");
    }

    @Test
    void overlongRecordMayConsistOfOverlongLines() throws Exception {
        String record = "1" + "x".repeat(600) + "\n " + "y".repeat(700);
        append(record + "\n" + "2".repeat(500) + "\n3\n4\n", StandardCharsets.UTF_8);
        assertThat(read(START))
                .containsExactly(
                        "0: " + (record.length() - LINE_BYTES_MAX) + " dropped",
                        (record.length() + 1) + ": " + (500 - LINE_BYTES_MAX) + " dropped",
                        "3");
    }

    @Test
    void overlongRecordAtTheEndIsWholeAfterTheTimeout() throws Exception {
        String record = "1" + "\n 345678".repeat(100);
        append(record + "\n", StandardCharsets.UTF_8);
        assertThat(read(START)).isEmpty();
        assertThat(search.isPending()).isTrue();
        nowMs += TIMEOUT_MS;
        assertThat(read(START)).containsExactly("0: " + (record.length() - LINE_BYTES_MAX) + " dropped");
        append("2\n3\n", StandardCharsets.UTF_8);
        assertThat(read(START)).containsExactly("2");
    }

    @Test
    void newlineMayHaveTwoBytes() throws Exception {
        append("1 a\n \u0a61b\n2\n3\n", StandardCharsets.UTF_16LE);
        assertThat(read(START, StandardCharsets.UTF_16LE, Long.MAX_VALUE)).containsExactly("1 a\n \u0a61b", "2");
    }

    /** Chunks end where they ended before a crash, and so do their records, though the file has grown since. */
    @Test
    void recordsThatAreReadAgainAreTheSame() throws Exception {
        for (long seed = 0; seed < 300; seed++) {
            Files.write(folder.resolve("log"), new byte[0]);
            reset();
            Random random = new Random(seed);
            List<String> first = new ArrayList<>();
            for (int step = 0; step < 12; step++) {
                append(lines(random), StandardCharsets.UTF_8);
                nowMs += random.nextInt(2) * TIMEOUT_MS;
                first.addAll(read(START));
            }
            List<Chunk> sent = List.copyOf(chunks);
            reset();
            append(lines(random) + " end\n", StandardCharsets.UTF_8);
            List<String> again = new ArrayList<>();
            for (Chunk chunk : sent) {
                again.addAll(read(START, StandardCharsets.UTF_8, chunk.end().offset()));
                assertThat(cursor.offset())
                        .as("seed %d", seed)
                        .isEqualTo(chunk.end().offset());
            }
            assertThat(again).as("seed %d", seed).isEqualTo(first);
        }
    }

    private void reset() {
        cursor = new ReadCursor();
        search = new LineReader.Search();
        chunks.clear();
    }

    private static String lines(Random random) {
        return random.ints(random.nextInt(8), 0, 6)
                .mapToObj(kind -> switch (kind) {
                    case 0, 1 -> random.nextInt(10) + " begin\n";
                    case 2 -> " " + "z".repeat(random.nextInt(random.nextInt(20) == 0 ? 600 : 20)) + "\n";
                    case 3 -> "\n";
                    case 4 -> "part";
                    default -> " on\n";
                })
                .collect(Collectors.joining());
    }
}
