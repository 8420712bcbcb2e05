package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A large archive or copy does not hold up other files: no step of the agent reads much of it. */
class AgentStepBytesTest {
    private static final int LARGE_BYTES = 56 << 20;
    /** What a step may decompress before positions, what it may read of files, and what the Java machine reads. */
    private static final long STEP_BYTES_MAX = (32 << 20) + (6 << 20);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private AgentHarness harness;

    private final List<String> expected = new ArrayList<>();

    private void startAgent(int filesOpenMax) throws IOException {
        harness = new AgentHarness(
                folder,
                filesOpenMax,
                logs -> List.of(new Source(AgentHarness.tail(logs, "web", "*.log*"), AgentHarness.RAW, "lines")));
    }

    @AfterEach
    void closeAgent() {
        harness.close();
    }

    /** Lines around an overlong one, which costs nothing to send. */
    private byte[] text(String name) {
        byte[] text = new byte[LARGE_BYTES];
        Arrays.fill(text, (byte) 'x');
        put(text, 0, lines(name + " begins", 200));
        put(text, LARGE_BYTES - 20_000, "\n");
        String end = lines(name + " ends", 200);
        put(text, LARGE_BYTES - 19_999, end);
        return Arrays.copyOf(text, LARGE_BYTES - 19_999 + end.length());
    }

    private String lines(String start, int count) {
        StringBuilder text = new StringBuilder();
        for (int line = 0; line < count; line++) {
            expected.add(start + " " + line);
            text.append(start).append(' ').append(line).append('\n');
        }
        return text.toString();
    }

    private static void put(byte[] target, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, target, at, bytes.length);
    }

    /** An archive of blocks that are not compressed, so that what is read of the file is what is decompressed. */
    private void writeArchive(String name, byte[] text) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(harness.log(name))) {
            {
                def.setLevel(Deflater.NO_COMPRESSION);
            }
        }) {
            out.write(text);
        }
        age(name);
    }

    private void age(String name) throws IOException {
        Files.setLastModifiedTime(harness.log(name), FileTime.fromMillis(harness.nowMs - 60_000));
    }

    /** How many bytes this process has read so far. */
    private static long readBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/io")).stream()
                .filter(line -> line.startsWith("rchar: "))
                .mapToLong(line -> Long.parseLong(line.substring("rchar: ".length())))
                .sum();
    }

    /** Does what {@link AgentHarness#run} does, a few times, and counts what each step reads. Returns how much all have read. */
    private long runCounting(int scans) throws IOException {
        long first = readBytes();
        for (int scan = 0; scan < scans; scan++) {
            harness.pass(1_001);
            boolean more = true;
            while (more) {
                long before = readBytes();
                more = harness.step();
                assertThat(readBytes() - before).as("read in a step").isLessThan(STEP_BYTES_MAX);
            }
        }
        return readBytes() - first;
    }

    private void runUntilAllIsRead() throws IOException {
        runCounting(20);
        for (int rounds = 0; rounds < 100 && harness.lines().size() < expected.size(); rounds++) {
            runCounting(20);
        }
        assertThat(harness.lines()).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** As copies are whose log was truncated while a program wrote to it, and did not append. */
    @Test
    void logsThatBeginWithTheSameHoleAreNotComparedToItsEnd() throws IOException {
        startAgent(1_000);
        int holeBytes = 4 << 20;
        for (String name : List.of("a.log", "a.log.1", "a.log.2", "a.log.3", "a.log.4", "a.log.5")) {
            try (RandomAccessFile file = new RandomAccessFile(harness.log(name).toFile(), "rw")) {
                file.seek(holeBytes);
                file.write(lines(name, 100).getBytes(StandardCharsets.UTF_8));
            }
            age(name);
        }

        long read = runCounting(50);

        assertThat(harness.lines()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(read).isLessThan(10L * holeBytes);
    }

    @Test
    void archiveIsContinuedAfterARestartInSteps() throws IOException {
        startAgent(1_000);
        writeArchive("a.log.1.gz", text("a"));
        readUpToItsEnd();
        harness.stop();
        harness.start();
        runUntilAllIsRead();
    }

    @Test
    void archiveThatWaitedForADescriptorIsContinuedInSteps() throws IOException {
        startAgent(1);
        writeArchive("a.log.1.gz", text("a"));
        readUpToItsEnd();
        harness.stop();
        harness.append("b.log", lines("b", 200));
        harness.start();
        runUntilAllIsRead();
    }

    /** Most of what is behind the overlong line is not acknowledged. */
    private void readUpToItsEnd() throws IOException {
        harness.producer.holding = true;
        for (int rounds = 0; rounds < 1_000 && !isEndInFlight(); rounds++) {
            harness.producer.answerAll();
            runCounting(1);
        }
        assertThat(isEndInFlight()).isTrue();
        harness.producer.answer(1);
        harness.step();
        assertThat(harness.lines()).hasSizeLessThan(expected.size());
    }

    private boolean isEndInFlight() {
        return harness.producer.pending.stream()
                .filter(sent -> sent.record().topic().equals(AgentHarness.TOPIC))
                .anyMatch(sent ->
                        harness.decode(sent.record()).get("line").toString().contains("ends"));
    }

    @Test
    void copyIsComparedInSteps() throws IOException {
        startAgent(1_000);
        byte[] text = text("a");
        Files.write(harness.log("a.log"), text);
        age("a.log");
        runUntilAllIsRead();
        Files.write(harness.log("a.log.bak"), text);
        age("a.log.bak");
        assertThat(runCounting(5)).as("both files").isGreaterThan(2L * (LARGE_BYTES - 20_000));
        assertThat(harness.agent.leftOut(harness.steadyMs())).isEmpty();
        assertThat(runCounting(5)).as("once it is known").isLessThan(6 << 20);
        assertThat(harness.lines()).containsExactlyInAnyOrderElementsOf(expected);
    }
}
