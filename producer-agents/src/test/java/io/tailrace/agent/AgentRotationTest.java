package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever rotation does to a file, every line is sent once. */
class AgentRotationTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private AgentHarness harness;

    private final List<String> expected = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        harness = AgentHarness.raw(folder);
    }

    @AfterEach
    void close() {
        harness.close();
    }

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
        for (int scans = 0; scans < 5; scans++) {
            harness.run();
        }
        assertThat(harness.lines()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void renamedFileGoesOnWhereItWas() throws IOException {
        write("access.log", 0, 10);
        harness.run();
        write("access.log", 10, 20);
        Files.move(harness.log("access.log"), harness.log("access.log.1"));
        write("access.log", 20, 30);
        expectEachLineOnce();
        write("access.log.1", 30, 33);
        expectEachLineOnce();
    }

    @Test
    void renameOutsideThePathsIsReadToItsEnd() throws IOException {
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
    void renameOutsideThePathsWhileStoppedIsReadToItsEnd() throws IOException {
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
    void copyIsNotReadWhileItsOriginalStands() throws IOException {
        write("access.log", 0, 10);
        harness.run();
        Files.copy(harness.log("access.log"), harness.log("access.log.1"));
        harness.run();
        write("access.log", 10, 20);
        harness.run();
        truncate("access.log");
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
    void truncationWhileStoppedIsSeen() throws IOException {
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
        // What a file system does that reuses an inode: same place, same name, other bytes and more of them.
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
    void compressedFileIsReadOnFromWhereThePlainOneWas() throws IOException {
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
    void compressedFileIsReadFromItsBeginningWhenItIsNew() throws IOException {
        write("plain", 0, 1000);
        gzip("plain", "access.log.7.gz");
        expectEachLineOnce();
        harness.stop();
        harness.start();
        expectEachLineOnce();
    }

    @Test
    void compressedFileThatIsStillBeingWrittenIsReadWhenItIsWhole() throws IOException {
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
    void replacedByRenameIsANewContent() throws IOException {
        write("access.log", 0, 10);
        harness.run();
        write("next", 100, 110);
        Files.move(harness.log("next"), harness.log("access.log"), StandardCopyOption.REPLACE_EXISTING);
        expectEachLineOnce();
    }

    @Test
    void twoLogsThatBeginAlikeAreTwo() throws IOException {
        IntStream.range(0, 2).forEach(ignored -> expected.add("started"));
        harness.append("access.log.a", "started\n");
        harness.run();
        harness.append("access.log.b", "started\n");
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
