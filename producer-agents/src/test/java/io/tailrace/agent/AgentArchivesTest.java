package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.tail.Archives;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives are read once, and continue the logs that they were made of. */
class AgentArchivesTest extends AgentFixture {
    private final List<String> expected = new ArrayList<>();

    private String text(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int line = from; line < to; line++) {
            text.append("line ").append(line).append('\n');
            expected.add("line " + line);
        }
        return text.toString();
    }

    private void write(String name, int from, int to) throws IOException {
        harness.append(name, text(from, to));
    }

    private static byte[] compress(String suffix, String text) throws IOException {
        return Archives.compress(suffix, text.getBytes(StandardCharsets.UTF_8));
    }

    /** As gzip and its like do: the archive has the time of the log, which is deleted. */
    private void compress(String name, String target, String suffix) throws IOException {
        FileTime time = Files.getLastModifiedTime(harness.log(name));
        Files.write(harness.log(target), compress(suffix, Files.readString(harness.log(name))));
        Files.setLastModifiedTime(harness.log(target), time);
        Files.delete(harness.log(name));
    }

    private void expectEachLineOnce() {
        harness.keepUpWithFiles();
        for (int scans = 0; scans < 7; scans++) {
            harness.run();
        }
        assertThat(harness.lines()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @MethodSource("io.tailrace.agent.tail.Archives#suffixes")
    void rotationThatCompressesContinuesAtTheSamePlace(String suffix) throws IOException {
        write("access.log", 0, 1_000);
        harness.run();
        Files.move(harness.log("access.log"), harness.log("access.log.1"));
        write("access.log.1", 1_000, 1_010);
        write("access.log", 1_010, 1_020);
        harness.run();
        harness.stop();
        write("access.log.1", 1_020, 1_030);
        compress("access.log.1", "access.log.2" + suffix, suffix);
        Files.move(harness.log("access.log"), harness.log("access.log.1"));
        write("access.log.1", 1_030, 1_040);
        harness.start();
        expectEachLineOnce();
        Files.move(harness.log("access.log.2" + suffix), harness.log("access.log.3" + suffix));
        compress("access.log.1", "access.log.2" + suffix, suffix);
        expectEachLineOnce();
        assertThat(harness.values(AgentHarness.TOPIC).stream()
                        .map(value -> value.get("fileId").toString())
                        .distinct())
                .hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("io.tailrace.agent.tail.Archives#suffixes")
    void agentContinuesInTheMiddleOfAnArchive(String suffix) throws IOException {
        Files.write(harness.log("access.log.7" + suffix), compress(suffix, text(0, 5_000)));
        harness.producer.holding = true;
        harness.run();
        harness.producer.holding = false;
        harness.stop();
        assertThat(harness.lines()).hasSizeBetween(1, 4_000);
        harness.start();
        expectEachLineOnce();
    }

    @Test
    void archiveThatIsBeingWrittenIsReadAgainOnceItsGrowthHasSettled() throws IOException {
        byte[] whole = compress(".gz", text(0, 20_000));
        Path archive = harness.log("access.log.7.gz");
        for (int tenth = 1; tenth <= 10; tenth++) {
            Files.write(archive, Arrays.copyOf(whole, whole.length * tenth / 10));
            Files.setLastModifiedTime(archive, FileTime.fromMillis(harness.nowMs));
            harness.run();
            assertThat(harness.lines()).as("read at first sight").hasSizeBetween(1, 4_000);
            assertThat(harness.agent.leftOut(harness.nowMs))
                    .as("a run that ends by itself has not sent everything")
                    .singleElement()
                    .asString()
                    .startsWith("source web: " + archive + ": ends too early, after ");
        }
        harness.pass(5_000);
        expectEachLineOnce();
        assertThat(harness.agent.leftOut(harness.nowMs)).isEmpty();
    }

    @Test
    void archiveThatStaysCutOffIsNamed() throws IOException {
        byte[] whole = compress(".bz2", text(0, 40_000));
        Path archive = Files.write(harness.log("access.log.7.bz2"), Arrays.copyOf(whole, whole.length / 2));
        harness.append("access.log", "live\n");
        harness.run();
        harness.keepUpWithFiles();
        harness.pass(6_000);
        harness.run();
        assertThat(harness.lines()).contains("live", "line 0");
        for (int scans = 0; scans < 3; scans++) {
            harness.run();
            assertThat(harness.agent.leftOut(harness.nowMs))
                    .containsExactly("source web: " + archive + ": cannot be read");
        }
        Files.write(archive, whole);
        Files.setLastModifiedTime(archive, FileTime.fromMillis(harness.nowMs - 10_000));
        expected.add("live");
        expectEachLineOnce();
        assertThat(harness.agent.leftOut(harness.nowMs)).isEmpty();
    }

    @Test
    void damagedArchiveIsReadUpToTheDamageAndNamed() throws IOException {
        byte[] archive = compress(".gz", text(0, 40_000));
        Arrays.fill(archive, archive.length / 2, archive.length / 2 + 40, (byte) 0xff);
        Path damaged = Files.write(harness.log("access.log.7.gz"), archive);
        harness.append("access.log", "live\n");
        harness.run();
        assertThat(harness.lines()).contains("live").containsAll(expected.subList(0, 10_000));
        assertThat(harness.agent.leftOut(harness.nowMs)).containsExactly("source web: " + damaged + ": cannot be read");
        assertThat(harness.agent.isIdle(harness.nowMs)).isTrue();
        int sent = harness.lines().size();
        harness.stop();
        harness.start();
        harness.run();
        harness.run();
        assertThat(harness.lines()).hasSize(sent);
        assertThat(harness.agent.leftOut(harness.nowMs)).containsExactly("source web: " + damaged + ": cannot be read");
    }

    @Test
    void archiveWithoutItsSuffixIsDecompressed() throws IOException {
        Files.write(harness.log("access.log.1"), compress(".xz", text(0, 100)));
        expectEachLineOnce();
    }

    /** As nginx writes a log with {@code access_log ... gzip}: a member for each flush. */
    @Test
    void logThatIsWrittenCompressedIsFollowed() throws IOException {
        Path log = harness.log("access.log");
        for (int flush = 0; flush < 5; flush++) {
            byte[] member = compress(".gz", text(flush * 100, flush * 100 + 100));
            Files.write(log, member, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            harness.run();
            assertThat(harness.lines()).isEqualTo(expected);
        }
    }
}
