package io.tailrace.agent;

import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.transaction.PositionHeader;
import io.tailrace.client.ProducerRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;

/** An agent that sends in transactions, its files in a folder and its brokers in memory. */
abstract class AgentTransactionFixture extends AgentFixture {
    static final OptionalLong AT_ONCE = OptionalLong.of(0);

    @Override
    @BeforeEach
    void startAgent() throws IOException {
        start(AT_ONCE);
    }

    void start(OptionalLong intervalMs) throws IOException {
        start(intervalMs, AgentTransactionFixture::logs);
    }

    /** @param checkpoints the checkpoint file in a directory */
    void startOn(Function<Path, AgentCheckpointFile> checkpoints) throws IOException {
        start(AT_ONCE, AgentTransactionFixture::logs, checkpoints);
    }

    void start(OptionalLong intervalMs, Function<Path, List<Source>> sources) throws IOException {
        start(intervalMs, sources, AgentCheckpointFile::new);
    }

    private void start(
            OptionalLong intervalMs,
            Function<Path, List<Source>> sources,
            Function<Path, AgentCheckpointFile> checkpoints)
            throws IOException {
        harness = new AgentHarness(folder, 1_000, sources, checkpoints, intervalMs);
        // What is committed at the start.
        harness.run();
    }

    private static List<Source> logs(Path folder) {
        return List.of(
                new Source(AgentHarness.tail(folder, "web", "access.log*"), AgentHarness.RAW, AgentHarness.TOPIC));
    }

    /** Long enough for an agent that has lost its id to take it again. */
    void runOften() {
        for (int scans = 0; scans < 12; scans++) {
            harness.run();
        }
    }

    long commits() {
        return harness.transactions.committed.stream()
                .filter(AgentTransactionFixture::isHeader)
                .count();
    }

    static boolean isHeader(ProducerRecord record) {
        return record.topic().equals(FakeTransactions.TOPIC)
                && new String(Objects.requireNonNull(record.key()), StandardCharsets.UTF_8)
                        .endsWith("\n" + PositionHeader.KEY);
    }
}
