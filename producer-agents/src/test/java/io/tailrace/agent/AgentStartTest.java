package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.tail.Archives;
import io.tailrace.agent.tail.FileSelection;
import io.tailrace.agent.tail.FileSelection.StartAt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files a source follows, and where it begins to read them. */
class AgentStartTest {
    private static final long OLD_MS = 3_600_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private AgentHarness harness;

    private void start(StartAt startAt, long ignoreOlderMs, String... exclude) throws IOException {
        harness = new AgentHarness(
                folder,
                logs -> List.of(new Source(
                        AgentHarness.tail(
                                "web",
                                new FileSelection(
                                        List.of(logs + "/access.log*"), List.of(exclude), startAt, ignoreOlderMs)),
                        AgentHarness.RAW,
                        AgentHarness.TOPIC)));
    }

    @AfterEach
    void closeAgent() {
        harness.close();
    }

    private void write(String name, String text) throws IOException {
        Path logs = Files.createDirectories(folder.resolve("logs"));
        Files.writeString(logs.resolve(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void runOften() {
        for (int scans = 0; scans < 8; scans++) {
            harness.run();
        }
    }

    private void restart() throws IOException {
        harness.stop();
        harness.start();
    }

    private void setOld(String name) throws IOException {
        Files.setLastModifiedTime(harness.log(name), FileTime.fromMillis(harness.nowMs - 2 * OLD_MS));
    }

    @Test
    void linesOfTheFirstStartAreSkippedAndAllOthersSent() throws IOException {
        write("access.log", "skipped\nskipped, too\nunfinished ");
        write("access.log.1", "skipped\n");
        write("access.log.2", "no newline, and so no line that could be skipped");
        Files.write(
                folder.resolve("logs/access.log.3.gz"),
                Archives.compress(".gz", "skipped\n".repeat(50_000).getBytes(StandardCharsets.UTF_8)));
        Files.createFile(folder.resolve("logs/access.log.4"));
        start(StartAt.END, 0);
        harness.run();
        assertThat(harness.lines()).isEmpty();
        write("access.log", "line\n");
        write("access.log.4", "was empty\n");
        write("access.log.new", "new file\n");
        runOften();
        assertThat(harness.lines()).containsExactlyInAnyOrder("unfinished line", "was empty", "new file");
        assertThat(harness.values(AgentHarness.TOPIC).get(0).get("byteOffset"))
                .isEqualTo((long) "skipped\nskipped, too\n".length());
        harness.stop();
        write("access.log.5", "written while the agent was stopped\n");
        harness.start();
        runOften();
        assertThat(harness.lines()).hasSize(4).contains("written while the agent was stopped");
    }

    @Test
    void skippedLinesAreNotSentAfterARotation() throws IOException {
        write("access.log", "skipped\n".repeat(1_000));
        write("access.log.moved", "other\n".repeat(1_000));
        start(StartAt.END, 0);
        harness.run();
        harness.crash(0);
        write("access.log", "one\n");
        Files.write(
                harness.log("access.log.1.xz"),
                Archives.compress(".xz", Files.readAllBytes(harness.log("access.log"))));
        setOld("access.log.1.xz");
        Files.delete(harness.log("access.log"));
        write("access.log", "two\n");
        write("access.log.moved", "three\n");
        Files.move(harness.log("access.log.moved"), harness.log("access.log.moved.1"));
        harness.start();
        runOften();
        assertThat(harness.lines()).containsExactlyInAnyOrder("one", "two", "three");
    }

    /** A directory without logs must not make the next start another first one. */
    @Test
    void firstStartOfASourceWithoutFilesIsItsFirst() throws IOException {
        start(StartAt.END, 0);
        harness.run();
        harness.crash(0);
        write("access.log", "sent\n");
        harness.start();
        harness.run();
        assertThat(harness.lines()).containsExactly("sent");
    }

    /** Until it is known whether one is a copy of the other, only one is followed. */
    @Test
    void fileThatIsIdentifiedLaterIsSkippedAsWell() throws IOException {
        String banner = "x".repeat(1_100) + "\n";
        write("access.log", banner + "skipped\n");
        write("access.log.b", banner + "skipped, too\n");
        start(StartAt.END, 0);
        harness.run();
        harness.pass(6_000);
        runOften();
        write("access.log", "one\n");
        write("access.log.b", "two\n");
        runOften();
        assertThat(harness.lines()).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void fileThatIsIdentifiedAfterARestartIsSkippedUpToItsFirstSize() throws IOException {
        String banner = "x".repeat(1_100) + "\n";
        write("access.log", banner + "skipped\n");
        write("access.log.b", banner + "skipped, too\n");
        start(StartAt.END, 0);
        harness.run();
        write("access.log.b", "one\n");
        restart();
        harness.run();
        harness.crash(0);
        harness.start();
        harness.pass(6_000);
        runOften();
        write("access.log", "two\n");
        runOften();
        assertThat(harness.lines()).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void archiveIsSkippedAlthoughTheAgentIsRestartedMeanwhile() throws IOException {
        Files.createDirectories(folder.resolve("logs"));
        byte[] log = "skipped\n".repeat(5 << 20).getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve("logs/access.log.1.gz"), Archives.compress(".gz", log));
        start(StartAt.END, 0);
        harness.run();
        harness.crash(0);
        harness.start();
        runOften();
        assertThat(harness.lines()).isEmpty();
        assertThat(harness.agent.isIdle(harness.steadyMs())).isTrue();
    }

    /** Nobody knows where the lines of the first start end in it. */
    @Test
    void archiveThatCouldNotBeReadAtTheFirstStartAndHasGrownIsSent() throws IOException {
        write("access.log.1.gz", "?");
        start(StartAt.END, 0);
        runOften();
        assertThat(harness.lines()).isEmpty();
        restart();
        Files.write(
                harness.log("access.log.1.gz"), Archives.compress(".gz", "sent\n".getBytes(StandardCharsets.UTF_8)));
        harness.pass(6_000);
        runOften();
        assertThat(harness.lines()).containsExactly("sent");
    }

    @Test
    void oldFileIsFollowedOnceItIsWrittenTo() throws IOException {
        write("access.log", "one\n");
        write("access.log.1", "two\n");
        start(StartAt.BEGINNING, OLD_MS);
        setOld("access.log.1");
        runOften();
        assertThat(harness.lines()).containsExactly("one");
        assertThat(harness.agent.leftOut(harness.nowMs)).isEmpty();
        restart();
        runOften();
        write("access.log.1", "three\n");
        runOften();
        assertThat(harness.lines()).containsExactly("one", "two", "three");
    }

    @Test
    void fileThatTheCheckpointHasIsNeverTooOld() throws IOException {
        write("access.log", "one\n");
        write("access.log.plain", "a\n");
        start(StartAt.BEGINNING, OLD_MS);
        runOften();
        harness.stop();
        write("access.log.plain", "b\n");
        setOld("access.log.plain");
        write("access.log", "two\n");
        byte[] rotated = Files.readAllBytes(harness.log("access.log"));
        Files.delete(harness.log("access.log"));
        harness.start();
        harness.run();
        harness.pass(60_000);
        harness.run();
        Files.write(harness.log("access.log.1.gz"), Archives.compress(".gz", rotated));
        setOld("access.log.1.gz");
        runOften();
        assertThat(harness.lines()).containsExactlyInAnyOrder("one", "a", "two", "b");
    }

    @Test
    void excludedFilesAreNotFollowed() throws IOException {
        write("access.log", "one\n");
        write("access.log.gz", "not sent\n");
        write("access.log.debug", "not sent\n");
        start(StartAt.BEGINNING, 0, "*.gz", folder + "/logs/*.de?ug");
        runOften();
        assertThat(harness.lines()).containsExactly("one");
        assertThat(harness.agent.leftOut(harness.nowMs)).isEmpty();
        Files.delete(harness.log("access.log"));
        harness.run();
        assertThat(harness.agent.leftOut(harness.nowMs))
                .containsExactly("source web: " + harness.log("access.log*") + ": everything that matches is excluded");
    }
}
