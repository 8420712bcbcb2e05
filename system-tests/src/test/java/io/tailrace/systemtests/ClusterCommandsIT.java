package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.systemtests.conformance.driver.EveryBroker;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code scripts/tailrace} as the operator of three brokers uses it. */
class ClusterCommandsIT {
    private static final int NEEDS_ATTENTION = 3;

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofBrokers(3, Map.of("offsets.topic.num.partitions", "3"));

    @Test
    void stoppedBrokerIsReportedUntilItReturns() throws Exception {
        tailrace("topics", "create", "--topic", "watched", "--partitions", "3", "--replication-factor", "3")
                .requireSuccess();
        EveryBroker.awaitTopic(CLUSTER.bootstrapServers(), "watched", 3);
        awaitHealthy();
        assertThat(tailrace("cluster", "--output", "csv").lines())
                .hasSize(4)
                .startsWith("BROKER,UP,HOST,PORT,RACK,CONTROLLER,LEADERS,REPLICAS,OUT-OF-SYNC");
        assertThat(describedBy("--under-replicated")).isEmpty();

        LocalBroker broker = CLUSTER.broker(3);
        assertThat(broker.terminate()).isZero();
        await().untilAsserted(() -> {
            Command cluster = tailrace("cluster", "--output", "csv");
            assertThat(cluster.exitCode()).isEqualTo(NEEDS_ATTENTION);
            assertThat(cluster.err()).contains("2 brokers up").contains(", 0 unavailable");
            assertThat(cluster.out()).contains("\n3,false,,,,false,0,");
        });
        await().untilAsserted(() -> assertThat(describedBy("--under-replicated", "--topic", "watched"))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).endsWith(",3")));
        assertThat(describedBy("--unavailable")).isEmpty();
        assertThat(describedBy("--under-min-isr")).isEmpty();

        broker.restart();
        awaitHealthy();
        assertThat(tailrace("topics", "elect", "--topic", "watched").exitCode()).isZero();
        assertThat(tailrace("topics", "elect", "--topic", "watched", "--output", "csv")
                        .lines())
                .containsExactly("TOPIC,PARTITION,OUTCOME");
    }

    @Test
    void partitionsMoveWithAllTheirRecords() throws Exception {
        tailrace("topics", "create", "--topic", "moved", "--partitions", "4", "--replication-factor", "1")
                .requireSuccess();
        EveryBroker.awaitTopic(CLUSTER.bootstrapServers(), "moved", 4);
        String lines =
                IntStream.range(0, 1000).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
        Command.tailraceReading(lines, withServer("produce", "--topic", "moved"))
                .requireSuccess();

        String[] move = {"reassign", "--topics", "moved", "--brokers", "2,3", "--throttle", "10000000"};
        List<String> planned = tailrace(
                        Stream.concat(Stream.of(move), Stream.of("--dry-run")).toArray(String[]::new))
                .lines();
        assertThat(planned).hasSizeGreaterThan(1);
        assertThat(tailrace(move).lines()).isEqualTo(planned);

        await().untilAsserted(() ->
                assertThat(tailrace("reassign", "--status").exitCode()).isZero());
        await().untilAsserted(() -> assertThat(
                        tailrace("topics", "describe", "--topic", "moved", "--output", "csv").lines().stream()
                                .skip(1)
                                .map(line -> line.split(",", -1)[3]))
                .containsExactlyInAnyOrder("2", "2", "3", "3"));
        assertThat(tailrace("consume", "--topic", "moved", "--from-beginning", "--to-end")
                        .lines())
                .hasSize(1000)
                .contains("line 0", "line 999");
        await("no throttle is left").untilAsserted(() -> assertThat(
                        tailrace("topics", "configure", "--topic", "moved", "--output", "csv").lines().stream()
                                .skip(1))
                .allSatisfy(line -> assertThat(line).endsWith(",true")));
        tailrace("topics", "delete", "--topic", "moved").requireSuccess();
    }

    private static void awaitHealthy() {
        await().untilAsserted(() -> assertThat(tailrace("cluster").exitCode()).isZero());
    }

    private static List<String> describedBy(String... filters) throws Exception {
        return tailrace(Stream.concat(Stream.of("topics", "describe", "--output", "csv"), Stream.of(filters))
                        .toArray(String[]::new))
                .lines()
                .stream()
                .skip(1)
                .toList();
    }

    private static Command tailrace(String... arguments) throws IOException, InterruptedException {
        return Command.tailrace(withServer(arguments));
    }

    private static String[] withServer(String... arguments) {
        return Stream.concat(Stream.of(arguments), Stream.of("--bootstrap-server", CLUSTER.bootstrapServers()))
                .toArray(String[]::new);
    }
}
