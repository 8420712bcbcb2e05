package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.parse.Format;
import io.tailrace.agent.tail.FileSelection;
import io.tailrace.client.ClientException;
import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What sources and files share: memory, turns, and room for counts. None takes all of it. */
@Timeout(120)
class AgentSharesTest {
    private static final Format JSON = new Format(Format.Kind.JSON, "", "at", "epoch-millis");
    /** {@code in.flight.bytes.max} of the harness, in lines of which each counts as 200 bytes and more. */
    private static final int LINES_IN_FLIGHT_MAX = (1 << 20) / 200;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private AgentHarness harness;

    @AfterEach
    void closeAgent() {
        harness.close();
    }

    @Test
    void memoryIsBoundedHoweverManySourcesThereAre() throws IOException {
        int sources = 100;
        harness = new AgentHarness(folder, logs -> IntStream.range(0, sources)
                .mapToObj(each ->
                        new Source(AgentHarness.tail(logs, "s" + each, each + ".log"), AgentHarness.RAW, "t" + each))
                .toList());
        for (int source = 0; source < sources; source++) {
            harness.append(source + ".log", "a line\n".repeat(1_000));
        }
        harness.producer.holding = true;
        harness.run();
        assertThat(harness.agent.linesInFlight()).isLessThan(LINES_IN_FLIGHT_MAX + sources);
        Set<String> topics = new HashSet<>();
        harness.producer.pending.forEach(sent -> topics.add(sent.record().topic()));
        assertThat(topics).as("topics of the lines in flight").hasSize(sources);

        harness.producer.holding = false;
        harness.producer.answerAll();
        harness.run();
        assertThat(harness.producer.written.stream()
                        .filter(record -> record.topic().startsWith("t")))
                .hasSize(sources * 1_000);
    }

    /** The files have so much to read that nothing but its turn gets the pipe read. */
    @Test
    void pipeIsReadBesideFilesThatAlwaysHaveMore() throws Exception {
        Path pipe = Files.createDirectories(folder.resolve("logs")).resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        harness = new AgentHarness(
                folder,
                logs -> List.of(new Source(
                        AgentHarness.tail("web", FileSelection.of(List.of(pipe.toString(), logs + "/*.log"))),
                        AgentHarness.RAW,
                        AgentHarness.TOPIC)));
        String backlog = ("x".repeat(1_900) + "\n").repeat(2);
        for (int file = 0; file < 40; file++) {
            harness.append(file + ".log", backlog.repeat(10));
        }
        harness.producer.holding = true;
        harness.run();
        Files.writeString(pipe, "from the pipe\n");
        for (int step = 0; isNotSent("from the pipe"); step++) {
            for (int file = 0; file < 40; file++) {
                harness.append(file + ".log", step % 40 == file ? backlog : "");
            }
            harness.producer.answerBatches(1);
            harness.step();
        }
    }

    private boolean isNotSent(String line) {
        return harness.producer.pending.stream()
                .filter(sent -> sent.record().topic().equals(AgentHarness.TOPIC))
                .noneMatch(sent ->
                        harness.decode(sent.record()).get("line").toString().equals(line));
    }

    @Test
    void topicWithTimesOfAllKindsStopsNoOtherWhileCountsAreNotAcknowledged() throws IOException {
        harness = new AgentHarness(
                folder,
                logs -> List.of(
                        new Source(AgentHarness.tail(logs, "odd", "odd.log"), JSON, "odd"),
                        new Source(AgentHarness.tail(logs, "good", "good.log"), AgentHarness.RAW, "good")));
        harness.producer.unknownTopics.put(
                AgentHarness.AUDIT, new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "no such topic"));
        StringBuilder odd = new StringBuilder();
        int lines = 25_000;
        for (int line = 0; line < lines; line++) {
            odd.append("{\"at\":").append(line * 600_000L).append("}\n");
        }
        harness.append("odd.log", odd.toString());
        harness.run();
        harness.pass(Silence.LOGGED_AFTER_MS);
        harness.append("good.log", "one\n");
        harness.run();
        assertThat(harness.lines("good")).containsExactly("one");
        assertThat(harness.values("odd")).hasSizeBetween(5_000, 20_000);
        assertThat(harness.monitor.ready().reason())
                .contains("audit waits: no room for more counts of odd until brokers acknowledge those sent to audit:"
                        + " check that the agent may write to this topic");

        harness.producer.unknownTopics.clear();
        harness.run();
        harness.run();
        assertThat(harness.values("odd")).hasSize(lines);
        assertThat(harness.monitor.ready().ok()).isTrue();
    }
}
