package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that begin alike, as logs with the same first lines do, are not taken for one another when they are rotated. */
class AgentLookalikesTest extends AgentFixture {
    /** More than the head of a fingerprint, so that it does not tell files apart which begin with them. */
    private static final int HEADER_LINES = 300;

    private void write(String name, int from, int to) throws IOException {
        for (int line = from; line < to; line++) {
            harness.append(name, "line " + line + "\n");
        }
    }

    private void truncate(String name) throws IOException {
        Files.newByteChannel(harness.log(name), StandardOpenOption.WRITE)
                .truncate(0)
                .close();
    }

    /** Runs as long as it takes to decide what each file is. */
    private void settle() {
        harness.keepUpWithFiles();
        harness.pass(60_000);
        for (int scan = 0; scan < 5; scan++) {
            harness.run();
        }
    }

    private static List<String> lines(int from, int to) {
        List<String> lines = new ArrayList<>();
        for (int line = from; line < to; line++) {
            lines.add("line " + line);
        }
        return lines;
    }

    /** A line has one identity, and an identity one line. */
    private void expectUniqueIdentities() {
        Map<String, String> lines = new HashMap<>();
        for (GenericRecord record : harness.values(AgentHarness.TOPIC)) {
            String identity = record.get("fileId") + " " + record.get("byteOffset");
            String line = record.get("line").toString();
            assertThat(lines.merge(identity, line, (before, same) -> before))
                    .as(identity)
                    .isEqualTo(line);
        }
    }

    /** A file of which nothing is read yet has no position at which a truncation would show. */
    @ParameterizedTest
    @CsvSource({"0, 0", "0, 20", "300, 20"})
    void copyOfALogThatIsNotReadYetIsReadOnceTheLogIsTruncated(int sameLines, int otherLines) throws IOException {
        harness.registry.down = true;
        write("access.log", 0, 310);
        harness.run();
        Files.copy(harness.log("access.log"), harness.log("access.log.1"));
        harness.keepUpWithFiles();
        harness.pass(6_000);
        harness.run();
        truncate("access.log");
        write("access.log", 0, sameLines);
        write("access.log", 310, 310 + otherLines);
        harness.run();
        harness.registry.down = false;
        settle();
        List<String> expected = lines(0, 310 + otherLines);
        expected.addAll(lines(0, sameLines));
        assertThat(harness.lines()).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** A log is read to behind lines that every file begins with. Then others are written behind them, and that file is rotated. */
    private void rewriteAfterTheHeader() throws IOException {
        write("access.log", 0, HEADER_LINES);
        harness.run();
        write("access.log", HEADER_LINES, HEADER_LINES + 20);
        harness.run();
        truncate("access.log");
        write("access.log", 0, HEADER_LINES);
        write("access.log", 1_000, 1_003);
    }

    @Test
    void fileThatWasWrittenAnewAndRenamedIsNoCopyOfWhatItHeld() throws IOException {
        rewriteAfterTheHeader();
        Files.move(harness.log("access.log"), harness.log("access.log.1"));
        settle();
        assertThat(harness.lines()).containsAll(lines(1_000, 1_003));
    }

    @Test
    void copyWithOtherLinesBehindTheLastKnownPlaceIsRead() throws IOException {
        rewriteAfterTheHeader();
        Files.copy(harness.log("access.log"), harness.log("access.log.1"));
        truncate("access.log");
        settle();
        assertThat(harness.lines()).containsAll(lines(1_000, 1_003));
    }

    /** The checkpoint has lines that may have been sent behind those that are acknowledged. */
    private void crashBehind(int acknowledged) throws IOException {
        write("access.log", 0, acknowledged);
        harness.run();
        write("access.log", acknowledged, acknowledged + 10);
        harness.producer.holding = true;
        harness.run();
        harness.crash(10);
        truncate("access.log");
        write("access.log", 0, 1);
    }

    @Test
    void archiveWithOtherLinesThanThoseThatMayHaveBeenSentIsReadFromItsBeginning() throws IOException {
        crashBehind(1);
        write("access.log", 1_000, 1_100);
        rotate(true);
        harness.start();
        settle();
        List<String> expected = lines(0, 11);
        expected.add("line 0");
        expected.addAll(lines(1_000, 1_100));
        assertThat(harness.lines()).containsExactlyInAnyOrderElementsOf(expected);
        expectUniqueIdentities();
    }

    private void rotate(boolean compressed) throws IOException {
        Path copy = harness.log(compressed ? "access.log.1.gz" : "access.log.1");
        try (OutputStream file = Files.newOutputStream(copy);
                OutputStream out = compressed ? new GZIPOutputStream(file) : file) {
            Files.copy(harness.log("access.log"), out);
        }
        Files.delete(harness.log("access.log"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fileThatEndsBeforeWhatMayHaveBeenSentGetsAnIdentityOfItsOwn(boolean compressed) throws IOException {
        crashBehind(1);
        write("access.log", 1_000, 1_001);
        rotate(compressed);
        harness.start();
        settle();
        List<String> expected = lines(0, 11);
        expected.add("line 1000");
        assertThat(harness.lines()).containsExactlyInAnyOrderElementsOf(expected);
        expectUniqueIdentities();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fileThatEndsBeforeWhatIsAcknowledgedIsReadFromItsBeginning(boolean compressed) throws IOException {
        crashBehind(200);
        write("access.log", 1, 150);
        write("access.log", 1_000, 1_001);
        rotate(compressed);
        harness.start();
        settle();
        List<String> expected = lines(0, 210);
        expected.addAll(lines(0, 150));
        expected.add("line 1000");
        assertThat(harness.lines()).containsExactlyInAnyOrderElementsOf(expected);
        expectUniqueIdentities();
    }

    @Test
    void fileWrittenAnewIsNotTakenForWhatItHeldBeforeWhenTheAgentIsRestarted() throws IOException {
        write("access.log", 0, HEADER_LINES);
        harness.run();
        truncate("access.log");
        harness.run();
        write("access.log", 500, 510);
        harness.run();
        truncate("access.log");
        write("access.log", 0, HEADER_LINES);
        write("access.log", 1_000, 1_001);
        settle();
        harness.stop();
        harness.start();
        settle();
        assertThat(harness.lines()).containsOnlyOnce("line 1000");
    }

    @Test
    void copyOfALogThatWaitsForADescriptorIsContinuedOnceTheLogIsTruncated() throws IOException {
        harness.close();
        harness = new AgentHarness(
                folder.resolve("few"),
                1,
                logs -> List.of(
                        new Source(AgentHarness.tail(logs, "web", "*.log*"), AgentHarness.RAW, AgentHarness.TOPIC)));
        write("access.log", 0, 10);
        harness.run();
        harness.producer.holding = true;
        write("other.log", 100, 101);
        harness.run();
        write("access.log", 10, 20);
        harness.run();
        Path copy = Files.copy(harness.log("access.log"), harness.log("access.log.1"));
        Files.setLastModifiedTime(copy, FileTime.fromMillis(harness.nowMs - 60_000));
        truncate("access.log");
        harness.run();
        harness.producer.holding = false;
        harness.producer.answerAll();
        settle();
        List<String> expected = lines(0, 20);
        expected.add("line 100");
        assertThat(harness.lines()).containsExactlyInAnyOrderElementsOf(expected);
    }
}
