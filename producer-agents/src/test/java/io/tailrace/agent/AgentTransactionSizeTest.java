package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.parse.Format;
import io.tailrace.protocol.record.CompressionType;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How long a transaction takes lines, and how many. */
class AgentTransactionSizeTest extends AgentTransactionFixture {
    @Test
    void aTransactionTakesWhatIsReadInItsInterval() throws IOException {
        harness.stop();
        harness.transactionIntervalMs = OptionalLong.of(3_000);
        harness.start();
        harness.run();
        harness.pass(3_000);
        harness.run();
        long before = commits();
        for (int line = 0; line < 12; line++) {
            harness.append("access.log", "line " + line + "\n");
            harness.run();
        }
        harness.pass(3_000);
        harness.run();

        assertThat(harness.lines()).hasSize(12);
        assertThat(commits() - before).isBetween(3L, 5L);
    }

    @Test
    void aTransactionEndsOnceItHasHalfOfTheMemory() throws IOException {
        harness.stop();
        harness.transactionIntervalMs = OptionalLong.of(1_000_000);
        harness.start();
        harness.run();
        long before = commits();
        harness.append("access.log", ("x".repeat(99) + "\n").repeat(800));
        harness.run();
        assertThat(commits()).isEqualTo(before);

        harness.append("access.log", ("x".repeat(99) + "\n").repeat(500));
        harness.run();

        assertThat(commits()).isEqualTo(before + 1);
        assertThat(harness.lines()).hasSize(1_300);
    }

    /** Lines that brokers have accepted are kept as their batches. */
    @Test
    void aTransactionTakesMoreLinesThatCompressWell() throws IOException {
        harness.stop();
        harness.transactionIntervalMs = OptionalLong.of(1_000_000);
        harness.start();
        harness.producer.compression = CompressionType.ZSTD;
        harness.run();
        long before = commits();
        for (int part = 0; part < 10; part++) {
            harness.append("access.log", ("x".repeat(99) + "\n").repeat(800));
            harness.run();
        }

        assertThat(commits()).isEqualTo(before);
        assertThat(harness.agent.linesInFlight()).isEqualTo(8_000);
    }

    /** No source has nearly half of what it may have, and still nothing more can be read. */
    @Test
    void aTransactionEndsIfManySourcesUseTheMemory() throws IOException {
        harness.close();
        harness = new AgentHarness(
                folder,
                1_000,
                logs -> IntStream.range(0, 100)
                        .mapToObj(each -> new Source(
                                AgentHarness.tail(logs, "s" + each, each + ".log"),
                                new Format(Format.Kind.RAW, "", "", "iso"),
                                AgentHarness.TOPIC))
                        .toList(),
                AgentCheckpointFile::new,
                OptionalLong.of(1_000_000));
        for (int source = 0; source < 100; source++) {
            harness.append(source + ".log", "a line\n".repeat(100));
        }

        runOften();

        assertThat(harness.lines()).hasSizeGreaterThan(5_000);
    }
}
