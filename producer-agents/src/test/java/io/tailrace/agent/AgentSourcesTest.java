package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ClientException;
import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that cannot be sent holds up no other one. */
class AgentSourcesTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private AgentHarness harness;

    @BeforeEach
    void startAgentWithTwoSources() throws IOException {
        harness = new AgentHarness(
                folder,
                logs -> List.of(
                        new Source(AgentHarness.tail(logs, "bad", "bad.log*"), AgentHarness.RAW, "bad"),
                        new Source(AgentHarness.tail(logs, "good", "good.log*"), AgentHarness.RAW, "good")));
        harness.append("bad.log", "one\n");
        harness.append("good.log", "two\n");
    }

    @AfterEach
    void closeAgent() {
        harness.close();
    }

    @Test
    void sourceWhoseSchemaIsRefusedWaitsAlone() {
        harness.registry.refused.add("bad-value");
        harness.run();
        assertThat(harness.lines("good")).containsExactly("two");
        assertThat(harness.producer.written).noneMatch(record -> record.topic().equals("bad"));
        assertThat(harness.agent.problems(harness.steadyMs(), AgentMonitor.SILENCE_MS_MAX))
                .containsExactly("source bad waits: schema registry refuses the schema: incompatible with bad-value");
        assertThat(harness.monitor.ready().ok()).isFalse();

        harness.registry.refused.clear();
        harness.pass(60_000);
        harness.run();
        assertThat(harness.lines("bad")).containsExactly("one");
        assertThat(harness.agent.problems(harness.steadyMs(), AgentMonitor.SILENCE_MS_MAX))
                .isEmpty();
    }

    @Test
    void registryThatHangsHoldsUpNoSourceThatIsOpen() throws IOException {
        harness.registry.refused.add("bad-value");
        harness.run();
        harness.background = call -> {};
        harness.pass(60_000);
        harness.append("good.log", "three\n");
        harness.run();
        assertThat(harness.lines("good")).containsExactly("two", "three");
        assertThat(harness.producer.written).noneMatch(record -> record.topic().equals("bad"));
    }

    @Test
    void sourceWhoseTopicIsNotAcknowledgedIsNamed() throws IOException {
        harness.producer.refusal = record ->
                record.topic().equals("bad") ? Optional.of(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) : Optional.empty();
        harness.run();
        assertThat(harness.monitor.ready().ok()).isTrue();
        for (int seconds = 0; seconds <= AgentMonitor.SILENCE_MS_MAX / 1_000; seconds += 10) {
            harness.pass(10_000);
            harness.append("good.log", "more\n");
            harness.run();
            harness.run();
        }
        assertThat(harness.monitor.ready().reason())
                .startsWith("source bad waits: records have not been acknowledged for ")
                .endsWith(" s: refused by the test");
        assertThat(harness.lines("good")).hasSize(8);
        assertThat(harness.agent.isIdle(harness.steadyMs()))
                .as("other lines were acknowledged")
                .isFalse();
        harness.pass(SendGate.GIVE_UP_MS);
        harness.run();
        assertThat(harness.agent.isIdle(harness.steadyMs())).isTrue();

        harness.producer.refusal = record -> Optional.empty();
        // One reads that the last attempt failed, one sends again, one reads the answer.
        for (int steps = 0; steps < 3; steps++) {
            harness.pass(30_000);
            harness.run();
        }
        assertThat(harness.lines("bad")).containsExactly("one");
        assertThat(harness.agent.leftOut(harness.steadyMs())).isEmpty();
        assertThat(harness.monitor.ready().ok()).isTrue();
    }

    @Test
    void runThatEndsByItselfDoesNotWaitForADeadLetterTopicThatIsMissing() throws IOException {
        harness.append("good.log", "x".repeat(AgentHarness.LINE_BYTES_MAX + 1) + "\n");
        harness.producer.refusal = record -> record.topic().equals(AgentHarness.DEAD_LETTERS)
                ? Optional.of(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
                : Optional.empty();
        harness.run();
        assertThat(harness.agent.isIdle(harness.steadyMs())).isFalse();
        harness.pass(SendGate.GIVE_UP_MS);
        assertThat(harness.agent.isIdle(harness.steadyMs())).isTrue();
        harness.run();
        assertThat(harness.agent.leftOut(harness.steadyMs()))
                .containsExactly("source good waits: records have not been acknowledged for 21 s: refused by the test");
    }

    @Test
    void runThatEndsByItselfDoesNotWaitForBrokersThatHaveLeft() {
        harness.producer.holding = true;
        harness.run();
        harness.pass(SendGate.GIVE_UP_MS);
        harness.run();
        assertThat(harness.agent.isIdle(harness.steadyMs())).isTrue();
        assertThat(harness.agent.leftOut(harness.steadyMs()))
                .containsExactly(
                        "source bad waits: records have not been acknowledged for 21 s: bad has no leader",
                        "source good waits: records have not been acknowledged for 21 s: good has no leader");
    }

    @Test
    void runThatEndsByItselfWaitsForTheAuditsTopic() {
        harness.producer.unknownTopics.put(
                AgentHarness.AUDIT, new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic does not exist"));
        harness.run();
        harness.run();
        assertThat(harness.lines("good")).containsExactly("two");
        assertThat(harness.agent.isIdle(harness.steadyMs())).isFalse();
        harness.producer.unknownTopics.clear();
        harness.run();
        assertThat(harness.agent.isIdle(harness.steadyMs())).isTrue();
        assertThat(harness.agent.leftOut(harness.steadyMs())).isEmpty();
    }

    @Test
    void runThatEndsByItselfGivesUpTheAuditsTopic() {
        harness.producer.unknownTopics.put(
                AgentHarness.AUDIT, new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic does not exist"));
        harness.run();
        harness.pass(SendGate.GIVE_UP_MS);
        harness.run();
        assertThat(harness.agent.isIdle(harness.steadyMs())).isTrue();
        assertThat(harness.agent.leftOut(harness.steadyMs())).containsExactly("audit waits: topic does not exist");
    }

    @Test
    void sourceWhoseTopicIsUnknownWaitsAlone() {
        harness.producer.unknownTopics.put(
                "bad", new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic bad does not exist"));
        harness.run();
        assertThat(harness.lines("good")).containsExactly("two");
        assertThat(harness.agent.isIdle(harness.steadyMs())).isFalse();
        harness.pass(SendGate.GIVE_UP_MS);
        harness.run();
        assertThat(harness.agent.isIdle(harness.steadyMs())).isTrue();
        assertThat(harness.agent.problems(harness.steadyMs(), AgentMonitor.SILENCE_MS_MAX))
                .containsExactly("source bad waits: topic bad does not exist");

        harness.producer.unknownTopics.clear();
        harness.run();
        assertThat(harness.lines("bad")).containsExactly("one");
    }

    @Test
    void sourceThatIsNotAcknowledgedLeavesMemoryForOthers() throws IOException {
        harness.append("bad.log", "line\n".repeat(100_000));
        harness.producer.holding = true;
        harness.run();
        harness.append("good.log", "three\n");
        harness.producer.pending.removeIf(sent -> sent.record().topic().equals("bad"));
        harness.producer.holding = false;
        harness.producer.answerAll();
        harness.run();
        assertThat(harness.lines("good")).containsExactly("two", "three");
    }
}
