package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The agent as a process that sends in transactions, with our broker and registry. */
class AgentTransactionsIT extends AgentProcesses {

    private static ChildProcess transactional(String topic, String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of(more));
        for (String setting : List.of("transactions=true", "agent.id=" + topic)) {
            options.addAll(List.of("--set", setting));
        }
        return agent(topic, options.toArray(String[]::new));
    }

    @Test
    void aKilledAgentRepeatsNothing() throws Exception {
        int kills = 4;
        int total = 200_000;
        append("exact", 0, total);
        for (int kill = 1; kill <= kills; kill++) {
            long killAt = (long) total * kill / (kills + 2);
            ChildProcess victim = transactional("exact");
            try {
                Awaitility.await()
                        .pollInterval(20, TimeUnit.MILLISECONDS)
                        .failFast(victim::requireRunning)
                        .ignoreExceptions()
                        .until(() -> endOffset("exact") >= killAt);
            } finally {
                victim.kill();
            }
        }
        transactional("exact", "--once").awaitSuccess();

        assertThat(lines("exact")).containsExactlyElementsOf(expected(total));
        assertThat(endOffset("exact")).isGreaterThan(total);
        assertThat(audited("exact", total).get("stopped")).isEqualTo(true);
        assertThat(cleanupPolicy("tailrace-agent-positions")).isEqualTo("compact");
    }

    /** The runs end long before the first statement is due. */
    @Test
    void aShortRunStatesItsCounts() throws Exception {
        append("short", 0, 10);

        transactional("short", "--once", "--set", "audit.interval.ms=3600000").awaitSuccess();
        transactional("short", "--once", "--set", "audit.interval.ms=3600000").awaitSuccess();

        assertThat(lines("short")).containsExactlyElementsOf(expected(10));
        assertThat(audited("short", 10).get("stopped")).isEqualTo(true);
    }

    @Test
    void aSecondAgentWithTheIdEndsTheFirst() throws Exception {
        append("fenced", 0, 1_000);
        ChildProcess first = transactional("fenced");
        Awaitility.await().ignoreExceptions().until(() -> lines("fenced").size() == 1_000);
        ChildProcess check = transactional("fenced", "--check");
        check.await("OK +transactional id tailrace-agent-fenced +(its coordinator answers: [A-Z])");
        check.await("OK +topic tailrace-agent-positions +partition \\d, .* (is compacted and has a leader)");
        check.awaitSuccess();

        ChildProcess second = transactional("fenced", "--set", "data.dir=" + folder.resolve("fenced-elsewhere"));
        second.await("agent is ready(.*)");
        append("fenced", 1_000, 2_000);

        assertThat(first.await("agent.id=fenced: another agent with this id (.*) running"))
                .isEqualTo("is");
        assertThat(first.awaitExit()).isEqualTo(2);
        Awaitility.await().until(() -> lines("fenced").size() == 2_000);
        second.terminate();
        second.awaitSuccess();
        assertThat(lines("fenced")).containsExactlyElementsOf(expected(2_000));
    }
}
