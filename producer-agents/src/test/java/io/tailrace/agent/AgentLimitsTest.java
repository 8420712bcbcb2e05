package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.parse.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Bounds on what an agent keeps, and input that it cannot use. */
class AgentLimitsTest extends AgentFixture {
    private static final long DAY_MS = 24 * 3_600_000L;

    @Test
    void deletedFileIsForgottenAfterAWeek() throws IOException {
        Path log = harness.append("access.log", "one\n");
        harness.run();
        Files.delete(log);
        harness.run();
        harness.pass(60_000);
        harness.run();
        assertThat(filesInCheckpoint()).isEqualTo(1);
        harness.pass(8 * DAY_MS);
        harness.run();
        assertThat(filesInCheckpoint()).isZero();
    }

    private long filesInCheckpoint() throws IOException {
        return new AgentCheckpointFile(harness.data)
                .read()
                .orElseThrow()
                .files()
                .size();
    }

    @Test
    void fileThatDoesNotGrowIsClosedAndReadAgainWhenItGrows() throws IOException {
        Path log = harness.append("access.log", "one\n");
        harness.run();
        assertThat(isOpen(log)).isTrue();
        harness.pass(400_000);
        harness.run();
        assertThat(isOpen(log)).isFalse();
        harness.append("access.log", "two\n");
        harness.run();
        assertThat(harness.lines()).containsExactly("one", "two");
    }

    private static boolean isOpen(Path file) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(Files::exists).anyMatch(descriptor -> {
                try {
                    return Files.readSymbolicLink(descriptor).equals(file);
                } catch (IOException e) {
                    // Closed after it was listed.
                    return false;
                }
            });
        }
    }

    @Test
    void unreadableFileDoesNotBlockOthersAndIsRetried() throws IOException {
        Path broken = Files.writeString(harness.log("access.log.7.gz"), "not gzip, and longer than a header");
        harness.append("access.log", "one\n");
        harness.run();
        harness.run();
        assertThat(harness.lines()).containsExactly("one");
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(whole)) {
            out.write("seven\n".getBytes(StandardCharsets.UTF_8));
        }
        Files.write(broken, whole.toByteArray());
        harness.run();
        assertThat(harness.lines()).containsExactly("one", "seven");
    }

    @Test
    void deletedFileIsReadPastAnOverlongLine() throws IOException {
        Path log = harness.append("access.log", "one\n");
        harness.run();
        harness.append("access.log", "x".repeat(150 * AgentHarness.BATCH_BYTES) + "\nafter\n");
        Files.delete(log);
        for (int looks = 0; looks < 5; looks++) {
            harness.run();
            harness.pass(31_000);
        }
        assertThat(harness.lines()).containsExactly("one", "after");
    }

    @Test
    void agentIsNotIdleInTheMiddleOfAnOverlongLine() throws IOException {
        harness.append("access.log", "x".repeat(150 * AgentHarness.BATCH_BYTES) + "\nafter\n");
        harness.run();
        assertThat(harness.lines()).isEmpty();
        assertThat(harness.agent.isIdle(harness.steadyMs())).isFalse();
        harness.run();
        harness.run();
        assertThat(harness.lines()).containsExactly("after");
        assertThat(harness.agent.isIdle(harness.steadyMs())).isTrue();
    }

    @Test
    void eventBefore1970IsADeadLetter() throws IOException {
        harness.close();
        harness = new AgentHarness(folder, new Format(Format.Kind.JSON, "", "at", "epoch-seconds"), "access.log*");
        harness.append("access.log", "{\"at\": \"-0.001\"}\n{\"at\": \"NaN\"}\n{\"at\": \"1.5\"}\n");
        harness.run();
        assertThat(harness.values(AgentHarness.TOPIC))
                .singleElement()
                .satisfies(value -> assertThat(value.get("eventTime")).isEqualTo(1_500L));
        assertThat(harness.values(AgentHarness.DEAD_LETTERS))
                .extracting(letter -> letter.get("reason").toString())
                .containsExactly("event time -1 ms is before 1970", "field \"at\": expected a time, found \"NaN\"");
    }

    @Test
    void eventFarAheadOfTheClockIsADeadLetter() throws IOException {
        harness.close();
        harness = AgentHarness.json(folder);
        // A clock that is ahead does not move to catch up with the machine's.
        harness.pass(3_600_000);
        long latestMs = harness.nowMs + 1_001 + AgentHarness.EVENT_AHEAD_MAX_MS;
        harness.append("access.log", "{\"at\":" + latestMs + "}\n{\"at\":" + (latestMs + 1) + "}\n");
        harness.run();
        assertThat(harness.values(AgentHarness.TOPIC))
                .singleElement()
                .satisfies(value -> assertThat(value.get("eventTime")).isEqualTo(latestMs));
        assertThat(harness.values(AgentHarness.DEAD_LETTERS)).singleElement().satisfies(letter -> assertThat(
                        letter.get("reason"))
                .asString()
                .startsWith("event time " + Instant.ofEpochMilli(latestMs + 1) + " is ahead of the clock"));
    }

    /** A record that no block takes would be a lost line. */
    @Test
    void recordThatAnEmptyBlockDoesNotTakeEndsTheAgent() throws IOException {
        harness.producer.fullBlocks = true;
        harness.append("access.log", "line\n");
        assertThatThrownBy(harness::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("an empty block has no room for a record of ")
                .hasMessageEndingWith(" bytes: topic " + AgentHarness.TOPIC);
    }
}
