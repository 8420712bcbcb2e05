package io.tailrace.agent.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.inspect.CheckReport.Finding;
import io.tailrace.agent.tail.FileSelection;
import io.tailrace.agent.tail.TailConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private List<Finding> paths(String glob) {
        TailConfig source =
                new TailConfig("web", FileSelection.of(List.of(glob)), StandardCharsets.UTF_8, 1_024, 4_096, 0, 0, 0);
        return new PathCheck(source, FileSystems.getDefault()).run(System.currentTimeMillis());
    }

    @Test
    void checkThatHangsHasFailed() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        CheckReport report = new CheckReport(threads, Duration.ofMillis(1));
        report.run("registry", () -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return List.of();
        });
        assertThat(report.findings()).containsExactly(Finding.fail("registry", "no answer within 0 s"));
        assertThat(report.hasFailed()).isTrue();
        threads.shutdownNow();
    }

    @Test
    void missingDirectoryIsNamed() throws IOException {
        Files.createDirectory(folder.resolve("nginx"));
        assertThat(paths(folder + "/ngnix/deep/*.log"))
                .containsExactly(Finding.fail(
                        "source web",
                        folder + "/ngnix/deep/*.log: no file matches: " + folder
                                + "/ngnix does not exist, or a directory above it cannot be entered"));
        assertThat(paths(folder + "/nginx/*.log"))
                .containsExactly(Finding.fail(
                        "source web",
                        folder
                                + "/nginx/*.log: no file matches: correct the path; an empty file is enough for a log that"
                                + " is not written to yet"));
        assertThat(paths(folder + "/nginx")).singleElement().satisfies(finding -> assertThat(finding.text())
                .contains("is a directory"));
    }

    @Test
    void fileFromTheFutureIsAWarning() throws IOException {
        Path file = Files.writeString(folder.resolve("access.log"), "one\n");
        assertThat(paths(folder + "/*.log")).containsExactly(Finding.ok("source web", "1 files can be read, 4 bytes"));
        Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() + 3_600_000));
        assertThat(paths(folder + "/*.log"))
                .extracting(Finding::verdict)
                .containsExactly(CheckReport.Verdict.OK, CheckReport.Verdict.WARN);
    }

    @Test
    void dataDirectoryThatCannotBeMadeIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(StateCheck.dataDirectory(file.resolve("agent")))
                .containsExactly(Finding.fail("data.dir", file + " is not a directory"));
        assertThat(StateCheck.dataDirectory(folder.resolve("new/agent")))
                .extracting(Finding::verdict)
                .containsExactly(CheckReport.Verdict.OK);
        assertThat(folder.resolve("new")).doesNotExist();
        Files.writeString(folder.resolve("checkpoint.json"), "{");
        assertThat(StateCheck.dataDirectory(folder)).singleElement().satisfies(finding -> assertThat(finding.text())
                .contains("checkpoint.json: not a checkpoint"));
    }

    @Test
    void clockOfTheLastCenturyHasFailed() {
        assertThat(StateCheck.clock(0)).extracting(Finding::verdict).containsExactly(CheckReport.Verdict.FAIL);
        assertThat(StateCheck.clock(System.currentTimeMillis()))
                .extracting(Finding::verdict)
                .containsExactly(CheckReport.Verdict.OK);
    }
}
