package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ClientException;
import io.tailrace.client.ProducerRecord;
import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More files than descriptors, and files of unequal size: each gets its turn. */
class AgentManyFilesTest {
    private static final int OPEN_MAX = 16;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private AgentHarness harness;

    private final List<String> expected = new ArrayList<>();

    @BeforeEach
    void startAgent() throws IOException {
        harness = new AgentHarness(
                folder,
                OPEN_MAX,
                logs -> List.of(new Source(AgentHarness.tail(logs, "web", "*.log*"), AgentHarness.RAW, "lines")));
    }

    @AfterEach
    void closeAgent() {
        harness.close();
    }

    private void write(String name, int lines) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int line = 0; line < lines; line++) {
            String each = name + " line " + expected.size();
            expected.add(each);
            text.append(each).append('\n');
        }
        harness.append(name, text.toString());
    }

    /** Sorted, as to look for each line among all takes minutes. */
    private void assertAllSent(List<String> lines) {
        assertThat(lines.stream().sorted().toList())
                .isEqualTo(expected.stream().sorted().toList());
    }

    private long openLogs() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(each -> isLog(each)).count();
        }
    }

    private boolean isLog(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(harness.logs);
        } catch (IOException e) {
            // Closed after it was listed.
            return false;
        }
    }

    /** Steps until there is nothing to do, and returns how many logs were open at most. */
    private long runAndCountOpen() throws IOException {
        harness.pass(1_001);
        long most = 0;
        boolean more = true;
        while (more) {
            more = harness.step();
            most = Math.max(most, openLogs());
        }
        return most;
    }

    @Test
    void moreFilesThanDescriptorsAreReadInTurns() throws IOException {
        for (int file = 0; file < 100; file++) {
            write("app-" + file + ".log", 10);
        }
        assertThat(runAndCountOpen()).isBetween(1L, (long) OPEN_MAX);
        assertAllSent(harness.lines());
        assertThat(harness.agent.isIdle(harness.steadyMs())).isTrue();

        for (int file = 0; file < 100; file += 2) {
            write("app-" + file + ".log", 10);
        }
        assertThat(runAndCountOpen()).isBetween(1L, (long) OPEN_MAX);
        assertAllSent(harness.lines());
    }

    @Test
    void agentIsNotIdleWhileFilesWait() throws IOException {
        harness.producer.holding = true;
        for (int file = 0; file < 100; file++) {
            write("app-" + file + ".log", 1);
        }
        harness.run();
        assertThat(harness.producer.pending).hasSizeLessThan(100);
        harness.producer.answerAll();
        assertThat(harness.agent.isIdle(harness.steadyMs())).isFalse();
        harness.producer.holding = false;
        harness.run();
        assertAllSent(harness.lines());
    }

    @Test
    void filesOfAStoppedAgentContinueWhereTheyWere() throws IOException {
        for (int file = 0; file < 100; file++) {
            write("app-" + file + ".log", 10);
        }
        harness.run();
        harness.stop();
        for (int file = 0; file < 100; file++) {
            write("app-" + file + ".log", 10);
        }
        harness.start();
        assertThat(runAndCountOpen()).isBetween(1L, (long) OPEN_MAX);
        assertAllSent(harness.lines());
    }

    @Test
    void filesWithALargeBacklogGiveUpTheirDescriptors() throws IOException {
        for (int file = 0; file < OPEN_MAX; file++) {
            write("a-large-" + file + ".log", 5_000);
        }
        write("small.log", 10);
        harness.run();
        List<String> lines = harness.lines();
        assertAllSent(lines);
        // Each large file has had a turn of 16 chunks at most.
        assertThat(lines.indexOf(expected.get(expected.size() - 1))).isLessThan(lines.size() / 2);
    }

    @Test
    void overlongLineIsReadThoughItsFileIsClosedInBetween() throws IOException {
        for (int file = 0; file < OPEN_MAX + 4; file++) {
            harness.append("app-" + file + ".log", "x".repeat(1_300 * AgentHarness.BATCH_BYTES) + "\nafter\n");
        }
        for (int scan = 0; scan < 100 && harness.lines().size() < OPEN_MAX + 4; scan++) {
            harness.run();
        }
        assertThat(harness.lines()).hasSize(OPEN_MAX + 4).containsOnly("after");
    }

    @Test
    void smallFilesAreReadBesideALargeOne() throws IOException {
        write("a-large.log", 20_000);
        for (int file = 0; file < 10; file++) {
            write("small-" + file + ".log", 10);
        }
        harness.run();
        List<String> lines = harness.lines();
        assertAllSent(lines);
        assertThat(lines.indexOf(expected.get(expected.size() - 1))).isLessThan(1_000);
    }

    @Test
    void everyFileIsReadOnceBeforeOneIsReadAgainIfMemoryIsShort() throws IOException {
        harness.producer.holding = true;
        for (int file = 0; file < 14; file++) {
            write("app-" + file + ".log", 5_000);
        }
        Set<String> keys = new HashSet<>();
        for (int answers = 0; keys.size() < 14; answers++) {
            assertThat(answers)
                    .as("answers until each of 14 files was read: " + keys)
                    .isLessThan(3_000);
            harness.producer.answer(1);
            harness.step();
            harness.producer.pending.forEach(sent -> keys.add(file(sent.record())));
        }
    }

    /** The record's key names its file. */
    private static String file(ProducerRecord record) {
        return new String(Objects.requireNonNull(record.key()), StandardCharsets.UTF_8);
    }

    @Test
    void deletedFileKeepsItsDescriptor() throws IOException {
        write("deleted.log", 10);
        harness.run();
        try (FileChannel writer = FileChannel.open(harness.log("deleted.log"), StandardOpenOption.APPEND)) {
            Files.delete(harness.log("deleted.log"));
            for (int file = 0; file < 100; file++) {
                write("app-" + file + ".log", 10);
            }
            harness.run();
            writer.write(ByteBuffer.wrap("late\n".getBytes(StandardCharsets.UTF_8)));
        }
        expected.add("late");
        harness.run();
        assertAllSent(harness.lines());
    }

    @Test
    void fileRenamedWhileItWaitsIsRead() throws IOException {
        harness.producer.holding = true;
        for (int file = 0; file < 100; file++) {
            write("app-" + file + ".log", 10);
        }
        harness.run();
        for (int file = 0; file < 100; file++) {
            Files.move(
                    harness.log("app-" + file + ".log"),
                    harness.log("app-" + file + (file % 2 == 0 ? ".log.1" : ".old")));
        }
        harness.producer.answerAll();
        harness.producer.holding = false;
        for (int scan = 0; scan < 20; scan++) {
            harness.run();
            harness.pass(1_000);
        }
        assertAllSent(harness.lines());
    }

    @Test
    void sourceThatWaitsHoldsNoDescriptorsBack() throws IOException {
        harness.close();
        harness = new AgentHarness(
                folder,
                OPEN_MAX,
                logs -> List.of(
                        new Source(AgentHarness.tail(logs, "bad", "bad-*.log"), AgentHarness.RAW, "bad"),
                        new Source(AgentHarness.tail(logs, "good", "good-*.log"), AgentHarness.RAW, "good")));
        harness.producer.unknownTopics.put(
                "bad", new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic bad does not exist"));
        for (int file = 0; file < 50; file++) {
            write("bad-" + file + ".log", 1);
        }
        harness.run();
        expected.clear();
        for (int file = 0; file < 50; file++) {
            write("good-" + file + ".log", 1);
        }
        // Three seconds, in which no open file has been idle for long.
        for (int scan = 0; scan < 3; scan++) {
            harness.run();
        }
        assertAllSent(harness.lines("good"));
        harness.producer.unknownTopics.clear();
        for (int scan = 0; scan < 10; scan++) {
            harness.run();
        }
        assertThat(harness.lines("bad")).hasSize(50);
    }
}
