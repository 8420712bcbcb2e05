package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.avro.generic.GenericRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The agent as a process, with our broker and registry. */
class AgentProcessIT extends AgentProcesses {
    private static final int CHUNKS_IN_FLIGHT_MAX = 4;

    @Test
    void stoppedAgentContinuesExactlyWhereItWas() throws Exception {
        append("clean", 0, 2_000);
        ChildProcess first = agent("clean");
        Awaitility.await().ignoreExceptions().until(() -> endOffset("clean") >= 500);
        first.terminate();
        assertThat(first.awaitExit()).isZero();
        append("clean", 2_000, 3_000);
        assertThat(agent("clean", "--once").awaitExit()).isZero();
        assertThat(agent("clean", "--once").awaitExit()).isZero();
        assertThat(lines("clean")).containsExactlyElementsOf(expected(3_000));
        assertThat(read("clean-audit").stream()
                        .mapToLong(count -> (Long) count.get("count"))
                        .sum())
                .isEqualTo(3_000);
        audited("clean", 3_000);
        Path log = folder.resolve("clean.log");
        long size = Files.size(log);
        Files.writeString(log, "no newline", StandardOpenOption.APPEND);
        ChildProcess last = agent("clean", "--once");
        assertThat(last.await("last line has no newline, left for the next run: (.*)"))
                .isEqualTo("source test, " + log + ", from byte " + size);
        assertThat(last.awaitExit()).isZero();
        assertThat(lines("clean")).hasSize(3_000);
    }

    /** As with {@code cat log | tailrace agent --once}: more lines than the agent holds in its memory, and the last one without an end. */
    @Test
    void standardInputIsSentToItsEnd() throws Exception {
        int total = 60_000;
        ChildProcess agent = agent("piped", "--once", "--set", "source.test.paths=-");
        try (OutputStream input = new BufferedOutputStream(agent.input())) {
            for (int line = 0; line < total; line++) {
                input.write((line == 0 ? "" : "\n").getBytes(StandardCharsets.UTF_8));
                input.write(LINE.formatted(line).getBytes(StandardCharsets.UTF_8));
            }
        }
        assertThat(agent.awaitExit()).isZero();
        assertThat(lines("piped")).containsExactlyElementsOf(expected(total));
        assertThat(read("piped"))
                .allSatisfy(value -> assertThat(value.get("file")).hasToString("-"));
        audited("piped", total);
    }

    @Test
    void killedAgentLosesNothingAndRepeatsAtMostFourBatches() throws Exception {
        int kills = 3;
        int total = 60_000;
        append("killed", 0, total);
        for (int kill = 1; kill <= kills; kill++) {
            long killAt = (long) total * kill / (kills + 2);
            ChildProcess victim = agent("killed");
            try {
                Awaitility.await()
                        .pollInterval(20, TimeUnit.MILLISECONDS)
                        .ignoreExceptions()
                        .until(() -> endOffset("killed") >= killAt);
            } finally {
                victim.kill();
            }
        }
        assertThat(agent("killed", "--once").awaitExit()).isZero();
        List<String> lines = lines("killed");
        assertThat(new HashSet<>(lines)).isEqualTo(new HashSet<>(expected(total)));
        int repeated = lines.size() - total;
        System.out.println(kills + " kills repeated " + repeated + " lines of " + total);
        assertThat(repeated).isBetween(0, kills * CHUNKS_IN_FLIGHT_MAX * (BATCH_BYTES / LINE_BYTES + 1));
        GenericRecord last = audited("killed", total);
        assertThat(last.get("stopped")).isEqualTo(true);
        assertThat(last.get("waitingFor").toString()).isEqualTo("[]");
        assertThat(cleanupPolicy("killed-progress")).isEqualTo("compact");
    }
}
