package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.tail.FileSelection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Named pipes as sources. */
@Timeout(120)
class AgentStreamsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private Path pipe;

    @SuppressWarnings("NullAway.Init")
    private AgentHarness harness;

    @BeforeEach
    void startAgent() throws Exception {
        pipe = Files.createDirectories(folder.resolve("logs")).resolve("access.pipe");
        makePipe();
        harness = new AgentHarness(
                folder,
                logs -> List.of(
                        new Source(
                                AgentHarness.tail("piped", FileSelection.of(List.of(pipe.toString()))),
                                AgentHarness.RAW,
                                AgentHarness.TOPIC),
                        new Source(
                                AgentHarness.tail(logs, "files", "access.log*"),
                                AgentHarness.RAW,
                                AgentHarness.TOPIC)));
    }

    @AfterEach
    void closeAgent() {
        harness.close();
    }

    private void makePipe() throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
    }

    /** Opens the pipe, which waits for the agent's thread, writes and closes it. */
    private CompletableFuture<Void> write(String text) {
        return CompletableFuture.runAsync(() -> {
            try {
                Files.writeString(pipe, text);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private void awaitLines(int count) {
        Awaitility.await().until(() -> {
            harness.run();
            return harness.producer.written.stream()
                            .filter(record -> record.topic().equals(AgentHarness.TOPIC))
                            .count()
                    >= count;
        });
    }

    @Test
    void writersComeAndGo() {
        harness.run();
        assertThat(harness.agent.isIdle(harness.nowMs)).as("no writer yet").isFalse();
        write("one\ntwo\nunfinished").join();
        awaitLines(3);
        write("three\n").join();
        awaitLines(4);
        assertThat(harness.lines()).containsExactly("one", "two", "unfinished", "three");
        List<String> identities = new ArrayList<>();
        harness.values(AgentHarness.TOPIC).forEach(value -> {
            assertThat(value.get("file").toString()).isEqualTo(pipe.toString());
            identities.add(value.get("fileId") + " " + value.get("byteOffset"));
        });
        assertThat(identities).doesNotHaveDuplicates();
        assertThat(identities.get(2)).endsWith(" 8");
        assertThat(identities.get(3)).endsWith(" 0");
        Awaitility.await().until(() -> {
            harness.run();
            return harness.agent.isIdle(harness.nowMs);
        });
        assertThat(harness.agent.leftOut(harness.nowMs))
                .containsExactly("source files: " + harness.log("access.log*") + ": no file matches");
    }

    @Test
    void writerWaitsWhileNothingIsAcknowledgedAndNothingIsLost() throws IOException {
        harness.producer.holding = true;
        int lines = 40_000;
        StringBuilder text = new StringBuilder();
        for (int line = 0; line < lines; line++) {
            text.append("line ").append(line).append('\n');
        }
        CompletableFuture<Void> writer = write(text.toString());
        harness.append("access.log", "other\n");
        harness.run();
        Awaitility.await().until(() -> {
            harness.run();
            return harness.agent.linesInFlight() > 1_000;
        });
        for (int steps = 0; steps < 10; steps++) {
            harness.run();
        }
        assertThat(harness.agent.linesInFlight()).isLessThan(2_000);
        assertThat(writer).isNotDone();
        harness.producer.holding = false;
        harness.producer.answerAll();
        awaitLines(lines + 1);
        writer.join();
        List<String> sent = new ArrayList<>(harness.lines());
        sent.remove("other");
        assertThat(sent).hasSize(lines);
        assertThat(sent.get(lines - 1)).isEqualTo("line " + (lines - 1));
        assertThat(sent).doesNotHaveDuplicates();
    }

    @Test
    void overlongLineOfAPipeIsTruncated() {
        harness.run();
        CompletableFuture<Void> writer = write("x".repeat(200_000) + "\nafter\n");
        awaitLines(1);
        writer.join();
        assertThat(harness.lines()).containsExactly("after");
        assertThat(harness.lines(AgentHarness.DEAD_LETTERS)).containsExactly("x".repeat(AgentHarness.LINE_BYTES_MAX));
    }

    @Test
    void pipeIsMadeAgainWhileTheAgentRuns() throws Exception {
        harness.run();
        write("one\n").join();
        awaitLines(1);
        Files.delete(pipe);
        harness.run();
        harness.run();
        makePipe();
        harness.run();
        write("two\n").join();
        awaitLines(2);
        assertThat(harness.lines()).containsExactly("one", "two");
    }

    /** The checkpoint knows nothing of pipes, so the next start has nothing to look for. */
    @Test
    void restartReadsWhatIsWrittenThen() throws IOException {
        harness.run();
        write("one\n").join();
        awaitLines(1);
        harness.stop();
        assertThat(Files.readString(harness.data.resolve("checkpoint.json"), StandardCharsets.UTF_8)
                        + Files.readString(harness.data.resolve("checkpoint.log"), StandardCharsets.UTF_8))
                .doesNotContain("access.pipe");
        harness.start();
        harness.run();
        write("two\n").join();
        awaitLines(2);
        assertThat(harness.lines()).containsExactly("one", "two");
    }
}
