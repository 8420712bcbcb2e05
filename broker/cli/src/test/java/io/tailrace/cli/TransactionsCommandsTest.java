package io.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ProducerDescription;
import io.tailrace.client.TransactionDescription;
import io.tailrace.process.CommandRunner;
import io.tailrace.protocol.TopicPartition;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TransactionsCommandsTest {
    private static final TopicPartition WEB_0 = new TopicPartition("web", 0);
    private static final TopicPartition WEB_1 = new TopicPartition("web", 1);

    private final long oldMs = Instant.now().minus(Duration.ofHours(1)).toEpochMilli();
    private final FakeClients clients = new FakeClients();
    private final InMemoryTransactions transactions = clients.transactions;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    TransactionsCommandsTest() {
        clients.admin.create("web", 2, 1);
        add("orders", 7, "Ongoing", WEB_0);
        add("shop", 8, "CompleteCommit");
    }

    private void add(String id, long producerId, String state, TopicPartition... partitions) {
        OptionalLong start = partitions.length == 0 ? OptionalLong.empty() : OptionalLong.of(0);
        transactions.transactions.put(
                id, new TransactionDescription(id, producerId, (short) 3, state, 60_000, start, Set.of(partitions)));
    }

    private void open(TopicPartition partition, long producerId, long startOffset, long lastTimestampMs) {
        transactions
                .producers
                .computeIfAbsent(partition, first -> new ArrayList<>())
                .add(new ProducerDescription(
                        producerId, (short) 3, 5, lastTimestampMs, OptionalInt.of(2), OptionalLong.of(startOffset)));
    }

    private int run(String words) {
        List<String> all = new ArrayList<>(List.of(words.split(" ")));
        all.addAll(List.of("--bootstrap-server", "localhost:9092"));
        return ClientCommands.commandLine(clients, uri -> {
                    throw new AssertionError("no registry");
                })
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
    }

    @Test
    void transactionalIdsAreListedByState() {
        assertThat(run("transactions list --output csv")).isZero();
        assertThat(out.toString()).contains("orders,7,Ongoing,1\n").contains("shop,8,CompleteCommit,1\n");
        out.getBuffer().setLength(0);
        assertThat(run("transactions list --state ongoing --output csv")).isZero();
        assertThat(out.toString()).contains("orders").doesNotContain("shop");
        assertThat(run("transactions list --state ongoin")).isEqualTo(CommandRunner.USAGE);
    }

    @Test
    void transactionalIdsAreDescribedAndMissingOnesReported() {
        assertThat(run("transactions describe --transactional-id orders --output csv"))
                .isZero();
        assertThat(out.toString()).contains("orders,Ongoing,7,3,60000,1970-01-01T00:00:00Z,web-0");
        assertThat(run("transactions describe --transactional-id none")).isEqualTo(CommandRunner.FAILURE);
        assertThat(err.toString()).contains("transactional id none does not exist");
    }

    @Test
    void producersOfAPartitionAreShown() {
        open(WEB_0, 7, 12, 0);
        assertThat(run("transactions describe-producers --topic web --partition 0 --output csv"))
                .isZero();
        assertThat(out.toString()).contains("7,3,2,5,1970-01-01T00:00:00Z,12");
    }

    @Test
    void transactionsThatTheirCoordinatorDoesNotHaveHang() {
        open(WEB_0, 7, 12, oldMs);
        open(WEB_1, 7, 13, oldMs);
        open(WEB_1, 99, 14, oldMs);
        open(WEB_1, 98, 15, System.currentTimeMillis());
        assertThat(run("transactions find-hanging --output csv")).isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(out.toString())
                .contains("web,1,13,7,3,2,")
                .contains("web,1,14,99,3,2,")
                .doesNotContain("web,0,")
                .doesNotContain(",98,");
    }

    @Test
    void nothingHangsInATopicWithoutOpenTransactions() {
        open(WEB_0, 7, 12, oldMs);
        assertThat(run("transactions find-hanging --topic web")).isZero();
    }

    @Test
    void transactionIsAbortedByItsFirstOffset() {
        open(WEB_1, 99, 14, oldMs);
        assertThat(run("transactions abort --topic web --partition 1 --start-offset 14"))
                .isZero();
        assertThat(transactions.aborted).containsExactly("web-1 99");
        assertThat(run("transactions abort --topic web --partition 1 --start-offset 15"))
                .isEqualTo(CommandRunner.FAILURE);
        assertThat(err.toString()).contains("web-1 has no open transaction that begins at offset 15");
        assertThat(transactions.aborted).hasSize(1);
    }
}
