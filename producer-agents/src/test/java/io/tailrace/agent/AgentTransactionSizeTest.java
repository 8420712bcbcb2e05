package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.tailrace.protocol.record.CompressionType;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How long a transaction takes lines, and how many. */
class AgentTransactionSizeTest extends AgentTransactionFixture {
    private void restart(long intervalMs) throws IOException {
        harness.stop();
        harness.transactionIntervalMs = OptionalLong.of(intervalMs);
        harness.start();
        harness.run();
    }

    @Test
    void aTransactionTakesWhatIsReadInItsInterval() throws IOException {
        restart(3_000);
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
        restart(1_000_000);
        long before = commits();
        harness.append("access.log", ("x".repeat(99) + "\n").repeat(800));
        harness.run();
        assertThat(commits()).isEqualTo(before);

        harness.append("access.log", ("x".repeat(99) + "\n").repeat(500));
        harness.run();

        assertThat(commits()).isEqualTo(before + 1);
        assertThat(harness.lines()).hasSize(1_300);
        harness.append("access.log", ("x".repeat(99) + "\n").repeat(800));
        harness.run();
        assertThat(commits()).isEqualTo(before + 1);
    }

    /** Lines that brokers have accepted are kept as their batches. What they were read into is used for others meanwhile. */
    @Test
    void aTransactionTakesMoreLinesThatCompressWell() throws IOException {
        restart(1_000_000);
        harness.producer.compression = CompressionType.ZSTD;
        long before = commits();
        List<String> lines = IntStream.range(0, 8_000)
                .mapToObj(line -> "x".repeat(94) + (10_000 + line))
                .toList();
        for (int part = 0; part < 10; part++) {
            harness.append("access.log", String.join("\n", lines.subList(part * 800, (part + 1) * 800)) + "\n");
            harness.run();
        }
        assertThat(commits()).isEqualTo(before);
        assertThat(harness.agent.linesInFlight()).isEqualTo(8_000);

        harness.transactions.faults.add(FakeTransactions.Fault.LOST_REQUEST);
        harness.transactions.faults.add(FakeTransactions.Fault.LOST_REQUEST);
        harness.pass(1_000_000);
        runOften();

        assertThat(harness.lines()).isEqualTo(lines);
        assertThat(harness.agent.isIdle(harness.steadyMs())).isTrue();
    }

    /** Lines that are not sent take hardly any memory. */
    @Test
    void aTransactionEndsOnceAFileHasManyChunks() throws IOException {
        harness.close();
        Optional<Pattern> none = Optional.empty();
        LineRules rules = new LineRules(Map.of(), none, Optional.of(Pattern.compile("a line")), 100, 0);
        start(
                OptionalLong.of(10_000_000),
                logs -> List.of(new Source(
                        AgentHarness.tail(logs, "web", "access.log"), AgentHarness.RAW, AgentHarness.TOPIC, rules)));
        long before = commits();
        for (int line = 0; line < TransactionStart.CHUNKS_IN_FLIGHT; line++) {
            harness.append("access.log", "a line\n");
            harness.run();
        }

        assertThat(commits()).isGreaterThan(before);
        assertThat(harness.agent.linesInFlight()).isLessThan(TransactionStart.CHUNKS_IN_FLIGHT);
    }

    /** Lines that are not accepted yet become smaller without a commit. */
    @Test
    void aTransactionGoesOnWhileItsLinesAreOnTheirWay() throws IOException {
        restart(1_000_000);
        harness.producer.compression = CompressionType.ZSTD;
        long before = commits();
        harness.producer.holding = true;
        harness.append("access.log", ("x".repeat(99) + "\n").repeat(3_000));
        harness.run();
        assertThat(harness.agent.linesInFlight()).isBetween(2_000, 2_999);
        harness.producer.holding = false;
        harness.producer.answerAll();
        harness.run();

        assertThat(harness.agent.linesInFlight()).isEqualTo(3_000);
        assertThat(commits()).isEqualTo(before);
    }

    /** No source has nearly half of what it may have, and still nothing more can be read. */
    @Test
    void aTransactionEndsIfManySourcesUseTheMemory() throws IOException {
        harness.close();
        start(OptionalLong.of(1_000_000), logs -> IntStream.range(0, 100)
                .mapToObj(each -> new Source(
                        AgentHarness.tail(logs, "s" + each, each + ".log"), AgentHarness.RAW, AgentHarness.TOPIC))
                .toList());
        for (int source = 0; source < 100; source++) {
            harness.append(source + ".log", "a line\n".repeat(100));
        }

        runOften();

        assertThat(harness.lines()).hasSizeGreaterThan(5_000);
    }
}
