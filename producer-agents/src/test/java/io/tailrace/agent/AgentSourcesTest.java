package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.parse.Format;
import io.tailrace.client.ClientException;
import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that cannot be sent holds up no other one. */
class AgentSourcesTest {
    private static final Format RAW = new Format(Format.Kind.RAW, "", "", "iso");

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
                        new Source(AgentHarness.tail(logs, "bad", "bad.log*"), RAW, "bad"),
                        new Source(AgentHarness.tail(logs, "good", "good.log*"), RAW, "good")));
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
        assertThat(harness.agent.problems())
                .containsExactly("source bad waits: schema registry refuses the schema: incompatible with bad-value");
        assertThat(harness.monitor.ready().ok()).isFalse();

        harness.registry.refused.clear();
        harness.pass(60_000);
        harness.run();
        assertThat(harness.lines("bad")).containsExactly("one");
        assertThat(harness.agent.problems()).isEmpty();
    }

    @Test
    void sourceWhoseTopicIsUnknownWaitsAlone() {
        harness.producer.unknownTopics.put(
                "bad", new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic bad does not exist"));
        harness.run();
        assertThat(harness.lines("good")).containsExactly("two");
        assertThat(harness.agent.isIdle(harness.nowMs)).isFalse();
        harness.pass(SendGate.GIVE_UP_MS);
        harness.run();
        assertThat(harness.agent.isIdle(harness.nowMs)).isTrue();
        assertThat(harness.agent.problems()).containsExactly("source bad waits: topic bad does not exist");

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
