package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every line is sent once, whatever rotation does to its file. */
class AgentRotationTest extends AgentFixture {
    private final List<String> expected = new ArrayList<>();

    private void write(String name, int from, int to) throws IOException {
        for (int line = from; line < to; line++) {
            harness.append(name, "line " + line + "\n");
            expected.add("line " + line);
        }
    }

    private void truncate(String name) throws IOException {
        Files.newByteChannel(harness.log(name), StandardOpenOption.WRITE)
                .truncate(0)
                .close();
    }

    private void gzip(String name, String target) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(harness.log(target)))) {
            Files.copy(harness.log(name), out);
        }
    }

    private void expectEachLineOnce() {
        harness.keepUpWithFiles();
        for (int scans = 0; scans < 5; scans++) {
            harness.run();
        }
        assertThat(harness.lines()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void renamedFileIsReadOnFromItsPosition() throws IOException {
        write("access.log", 0, 10);
        harness.run();
        write("access.log", 10, 20);
        Files.move(harness.log("access.log"), harness.log("access.log.1"));
        write("access.log", 20, 30);
        expectEachLineOnce();
        write("access.log.1", 30, 33);
        expectEachLineOnce();
    }

    /** As logrotate does with compress and delaycompress. */
    private void logrotate(int rotations) throws IOException {
        for (int i = rotations; i >= 2; i--) {
            Files.move(harness.log("access.log." + i + ".gz"), harness.log("access.log." + (i + 1) + ".gz"));
        }
        if (rotations >= 1) {
            Files.move(harness.log("access.log.1"), harness.log("access.log.2"));
            gzip("access.log.2", "access.log.2.gz");
            Files.delete(harness.log("access.log.2"));
        }
        Files.move(harness.log("access.log"), harness.log("access.log.1"));
        harness.append("access.log", "");
    }

    @Test
    void fileFoundUnderItsRotatedNameIsNotReadAgainWhenItIsCompressed() throws IOException {
        write("access.log", 0, 10);
        harness.run();
        logrotate(0);
        harness.run();
        write("access.log", 10, 20);
        logrotate(1);
        harness.run();
        write("access.log", 20, 30);
        logrotate(2);
        expectEachLineOnce();
        harness.pass(60_000);
        expectEachLineOnce();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fileThatWasRotatedBeforeTheFirstStartIsNotReadAgainWhenItIsCompressed(boolean stopped) throws IOException {
        write("access.log.1", 0, 10);
        write("access.log", 10, 20);
        harness.run();
        if (stopped) {
            harness.stop();
        }
        logrotate(1);
        write("access.log", 20, 30);
        if (stopped) {
            harness.start();
        }
        expectEachLineOnce();
        harness.pass(60_000);
        expectEachLineOnce();
    }

    @Test
    void fileRenamedOutsideThePathsIsReadToItsEnd() throws IOException {
        write("access.log", 0, 10);
        harness.run();
        Files.move(harness.log("access.log"), harness.log("old"));
        write("access.log", 10, 20);
        harness.run();
        Files.writeString(harness.log("old"), "late\n", StandardOpenOption.APPEND);
        expected.add("late");
        expectEachLineOnce();
    }

    @Test
    void fileRenamedOutsideThePathsWhileStoppedIsReadToItsEnd() throws IOException {
        write("access.log", 0, 10);
        harness.run();
        harness.stop();
        write("access.log", 10, 20);
        Files.move(harness.log("access.log"), harness.log("old"));
        write("access.log", 20, 30);
        harness.start();
        expectEachLineOnce();
    }

    @Test
    void deletedFileIsReadToItsEndWithItsUnfinishedLine() throws IOException {
        write("access.log", 0, 1000);
        harness.producer.holding = true;
        harness.run();
        harness.append("access.log", "no newline");
        expected.add("no newline");
        Files.delete(harness.log("access.log"));
        harness.run();
        harness.producer.answerAll();
        harness.producer.holding = false;
        harness.run();
        harness.pass(60_000);
        expectEachLineOnce();
    }

    @Test
    void copyTruncateSkipsAndRepeatsNothing() throws IOException {
        write("access.log", 0, 10);
        harness.run();
        write("access.log", 10, 20);
        Files.copy(harness.log("access.log"), harness.log("access.log.1"));
        truncate("access.log");
        write("access.log", 20, 25);
        expectEachLineOnce();
    }

    @Test
    void copyIsNotReadWhileTheOriginalIsThere() throws IOException {
        write("access.log", 0, 10);
        harness.run();
        Files.copy(harness.log("access.log"), harness.log("access.log.1"));
        harness.run();
        write("access.log", 10, 20);
        harness.run();
        truncate("access.log");
        expectEachLineOnce();
    }

    /** The writer has no O_APPEND: it goes on at its old position, so that the file begins with a hole. */
    @ParameterizedTest
    @ValueSource(longs = {1, 30, 3_000, 200_000, 3L << 30})
    void lineBehindAHoleIsWhole(long hole) throws IOException {
        write("access.log", 0, 10);
        harness.run();
        Files.copy(harness.log("access.log"), harness.log("access.log.1"));
        truncate("access.log");
        if (hole % 2 == 0) {
            harness.run();
        }
        try (FileChannel channel = FileChannel.open(harness.log("access.log"), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap("first\nsecond\n".getBytes(StandardCharsets.UTF_8)), hole);
        }
        expected.addAll(List.of("first", "second"));
        harness.run();
        while (!harness.agent.isIdle(harness.steadyMs())) {
            harness.run();
        }
        expectEachLineOnce();
        assertThat(harness.values(AgentHarness.TOPIC).get(10).get("byteOffset")).isEqualTo(hole);
    }

    /** Lines that are read after the copy was made, and before the truncation, are in flight. */
    @Test
    void copyThatLacksLinesInFlightIsNotReadAgain() throws IOException {
        write("access.log", 0, 10);
        harness.producer.holding = true;
        harness.run();
        Files.copy(harness.log("access.log"), harness.log("access.log.1"));
        write("access.log", 10, 20);
        harness.run();
        truncate("access.log");
        harness.run();
        harness.pass(6_000);
        harness.run();
        harness.producer.holding = false;
        harness.producer.answerAll();
        expectEachLineOnce();
    }

    @Test
    void truncatedFileThatGrowsPastTheOldPositionIsANewContent() throws IOException {
        write("access.log", 0, 10);
        harness.run();
        Files.copy(harness.log("access.log"), harness.log("access.log.1"));
        truncate("access.log");
        write("access.log", 100, 200);
        expectEachLineOnce();
    }

    @Test
    void truncationWhileStoppedIsDetected() throws IOException {
        write("access.log", 0, 10);
        harness.run();
        harness.stop();
        truncate("access.log");
        write("access.log", 100, 200);
        harness.start();
        expectEachLineOnce();
    }

    @Test
    void sameInodeWithOtherContentIsANewContent() throws IOException {
        write("access.log", 0, 10);
        harness.run();
        harness.stop();
        // As if the file system reused the inode: the same inode and name, other bytes and more of them.
        Files.writeString(harness.log("access.log"), "", StandardOpenOption.TRUNCATE_EXISTING);
        write("access.log", 500, 530);
        harness.start();
        expectEachLineOnce();
    }

    @Test
    void compressedFileIsNotReadAgain() throws IOException {
        write("access.log", 0, 10);
        harness.run();
        Files.move(harness.log("access.log"), harness.log("access.log.1"));
        write("access.log", 10, 20);
        harness.run();
        gzip("access.log.1", "access.log.1.gz");
        harness.run();
        Files.delete(harness.log("access.log.1"));
        harness.run();
        harness.pass(60_000);
        expectEachLineOnce();
        Files.move(harness.log("access.log.1.gz"), harness.log("access.log.2.gz"));
        expectEachLineOnce();
    }

    @Test
    void compressedFileIsReadFromThePositionOfThePlainOne() throws IOException {
        write("access.log", 0, 10);
        harness.run();
        harness.stop();
        write("access.log", 10, 1000);
        gzip("access.log", "access.log.1.gz");
        Files.delete(harness.log("access.log"));
        write("access.log", 1000, 1010);
        harness.start();
        expectEachLineOnce();
    }

    @Test
    void newCompressedFileIsReadFromItsBeginning() throws IOException {
        write("plain", 0, 1000);
        gzip("plain", "access.log.7.gz");
        expectEachLineOnce();
        harness.stop();
        harness.start();
        expectEachLineOnce();
    }

    @Test
    void compressedFileThatIsStillBeingWrittenIsReadToItsEndLater() throws IOException {
        write("plain", 0, 2000);
        gzip("plain", "whole.gz");
        byte[] whole = Files.readAllBytes(harness.log("whole.gz"));
        Files.write(harness.log("access.log.7.gz"), Arrays.copyOf(whole, whole.length / 2));
        harness.run();
        assertThat(harness.lines()).hasSizeLessThan(2000);
        Files.write(harness.log("access.log.7.gz"), whole, StandardOpenOption.TRUNCATE_EXISTING);
        expectEachLineOnce();
    }

    @Test
    void numberedLogsWithTheSameLinesAreAllRead() throws IOException {
        write("access.log.1", 0, 10);
        write("access.log.2", 0, 10);
        write("access.log.10", 0, 10);
        expectEachLineOnce();
    }

    @Test
    void fileReplacedByARenameIsANewContent() throws IOException {
        write("access.log", 0, 10);
        harness.run();
        write("next", 100, 110);
        Files.move(harness.log("next"), harness.log("access.log"), StandardCopyOption.REPLACE_EXISTING);
        expectEachLineOnce();
    }

    @Test
    void logsThatBeginAlikeUnderUnrelatedNamesAreTwo() throws IOException {
        harness.append("access.log.a", "started\n");
        harness.run();
        harness.append("access.log.b", "started\n");
        expected.addAll(List.of("started", "started"));
        expectEachLineOnce();
    }

    /** Until they differ, the second may be an unfinished copy of the first, by its name and its bytes. */
    @Test
    void logNamedLikeARotationOfAnotherIsReadOnceTheyDiffer() throws IOException {
        harness.append("access.log", "started\n");
        harness.run();
        harness.append("access.log.b", "started\n");
        expected.add("started");
        expectEachLineOnce();
        harness.append("access.log", "one\n");
        harness.append("access.log.b", "two\n");
        expected.addAll(List.of("started", "one", "two"));
        expectEachLineOnce();
    }

    /** A limit that docs/agents.md states: only the first kilobyte is compared. */
    @Test
    void logNamedLikeARotationOfAnotherThatBeginsLikeItForAKilobyteIsRead() throws IOException {
        String banner = "x".repeat(1_100);
        harness.append("access.log", banner + "\none\n");
        harness.run();
        harness.append("access.log.b", banner + "\ntwo\n");
        expected.addAll(List.of(banner, "one", banner, "two"));
        harness.run();
        assertThat(harness.agent.isIdle(harness.steadyMs()))
                .as("it may still become a copy")
                .isFalse();
        harness.pass(5_000);
        expectEachLineOnce();
        assertThat(harness.agent.isIdle(harness.steadyMs())).isTrue();
    }

    @Test
    void logThatIsTheBeginningOfItsRotationIsAnotherOne() throws IOException {
        harness.append("access.log.1", "date,job\n1,a\n2,b\n");
        harness.append("access.log", "date,job\n");
        expected.addAll(List.of("date,job", "1,a", "2,b", "date,job"));
        harness.run();
        harness.pass(5_000);
        expectEachLineOnce();
    }

    @Test
    void compressedLogThatBeginsLikeAnotherIsRead() throws IOException {
        write("access.log", 0, 10);
        gzip("access.log", "access.log.1.gz");
        harness.append("access.log", "line 0\n");
        expected.add("line 0");
        harness.run();
        harness.pass(5_000);
        expectEachLineOnce();
    }

    @Test
    void rotatedFileThatTheAgentFoundIsKnownUnderItsNextName() throws IOException {
        write("access.log.1", 0, 10);
        harness.run();
        gzip("access.log.1", "access.log.2.gz");
        Files.delete(harness.log("access.log.1"));
        harness.run();
        harness.pass(60_000);
        expectEachLineOnce();
    }

    @Test
    void logThatBeginsLikeOneWhichIsGoneIsRead() throws IOException {
        String banner = "x".repeat(1_100);
        harness.append("access.log.1", banner + "\none\n");
        harness.run();
        Files.delete(harness.log("access.log.1"));
        harness.run();
        harness.pass(60_000);
        harness.run();
        harness.append("access.log.2", banner + "\ntwo\n");
        expected.addAll(List.of(banner, "one", banner, "two"));
        harness.run();
        harness.pass(5_000);
        expectEachLineOnce();
    }

    @Test
    void copyWithoutLinesInFlightIsReadIfTheAgentIsKilled() throws IOException {
        write("access.log", 0, 10);
        harness.run();
        harness.producer.holding = true;
        write("access.log", 10, 20);
        Files.copy(harness.log("access.log"), harness.log("access.log.1"));
        harness.run();
        harness.append("access.log", "written after the copy\n");
        harness.run();
        truncate("access.log");
        harness.pass(6_000);
        harness.run();
        harness.crash(0);
        harness.start();
        expectEachLineOnce();
    }

    @Test
    void dailyCycleOfLogrotateSendsEachLineOnce() throws IOException {
        for (int day = 0; day < 6; day++) {
            write("access.log", day * 100, day * 100 + 50);
            harness.run();
            write("access.log", day * 100 + 50, day * 100 + 100);
            for (int old = 9; old >= 2; old--) {
                if (Files.exists(harness.log("access.log." + old + ".gz"))) {
                    Files.move(
                            harness.log("access.log." + old + ".gz"), harness.log("access.log." + (old + 1) + ".gz"));
                }
            }
            if (Files.exists(harness.log("access.log.1"))) {
                gzip("access.log.1", "access.log.2.gz");
                Files.delete(harness.log("access.log.1"));
            }
            Files.move(harness.log("access.log"), harness.log("access.log.1"));
            if (day % 2 == 1) {
                harness.stop();
                harness.start();
            }
            harness.run();
            harness.pass(12 * 3_600_000);
        }
        expectEachLineOnce();
    }
}
