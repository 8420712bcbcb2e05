package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code scripts/tailrace} as used from a terminal or a script. */
class CommandLineIT {
    private static final Pattern COMMAND_OF_USAGE = Pattern.compile("^  ([a-z][a-z-]+) {2,}", Pattern.MULTILINE);
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofOneBroker();

    private final String topic = "cli-" + UUID.randomUUID().toString().substring(0, 8);

    /** A client command against the cluster. */
    private static Command client(String... arguments) throws Exception {
        return clientReading("", arguments);
    }

    private static Command clientReading(String input, String... arguments) throws Exception {
        return Command.tailraceReading(
                input,
                Stream.concat(Stream.of(arguments), Stream.of("--bootstrap-server", CLUSTER.bootstrapServers()))
                        .toArray(String[]::new));
    }

    private static void assertFails(Command command, int exitCode, String... named) {
        assertThat(command.exitCode()).as(command.toString()).isEqualTo(exitCode);
        assertThat(List.of(named))
                .allSatisfy(name -> assertThat(command.out() + command.err()).contains(name));
        assertThat(command.err()).doesNotContain("\tat ");
    }

    static List<String> commands() throws IOException, InterruptedException {
        String usage = Command.tailrace("--help").requireSuccess();
        return COMMAND_OF_USAGE
                .matcher(usage)
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelp(String command) throws Exception {
        Command help = Command.tailrace(command, "--help");

        assertThat(help.exitCode()).as(help.toString()).isZero();
        assertThat(help.out()).startsWith("Usage:").contains(command);
        assertThat(help.err()).isEmpty();
    }

    @Test
    void wrongUsageExitsTwo() throws Exception {
        assertFails(Command.tailrace(), 2, "Usage:");
        assertFails(Command.tailrace("brokr"), 2, "brokr");
        assertFails(Command.tailrace("topics"), 2, "Missing required subcommand");
        assertFails(Command.tailrace("lag", "--group", "g"), 2, "--bootstrap-server");
        assertFails(Command.tailrace("topics", "list", "--bootstrap-server", "nowhere"), 2, "nowhere");
        assertFails(client("topics", "list", "--output", "yaml"), 2, "yaml", "TABLE, JSON, CSV");
        assertFails(client("produce", "--topic", topic, "--set", "akcs=1"), 2, "akcs");
        assertFails(client("reassign", "--brokers", "1,9", "--dry-run"), 2, "broker 9 is not up");
        assertFails(client("consume", "--topic", topic, "--set", "fetch.max.bytes=many"), 2, "fetch.max.bytes", "many");
    }

    static List<Arguments> refusedConfigurations() {
        return List.of(
                arguments("zookeeper", "clientPort=0", "dataDir"),
                arguments("broker", "brokr.id=1", "unknown key \"brokr.id\""),
                arguments("broker", "log.segment.bytes=big", "log.segment.bytes=big: expected a whole number"),
                arguments("schema-registry", "listen.prt=1", "unknown key \"listen.prt\""),
                arguments("schema-registry", "request.threads=many", "request.threads=many: expected a whole number"),
                arguments("agent", "data.dri=x", "unknown key \"data.dri\""),
                arguments("agent", "batch.bytes=many", "batch.bytes=many: expected a whole number"),
                arguments("load", "output.pth=x", "unknown key \"output.pth\""),
                arguments("load", "tasks.parallel=many", "tasks.parallel=many: expected a whole number"));
    }

    @ParameterizedTest
    @MethodSource("refusedConfigurations")
    void unknownOrInvalidKeyIsRefusedByName(String server, String setting, String named) throws Exception {
        assertFails(Command.tailrace(server, "--set", setting), 2, named);
    }

    @Test
    void missingConfigurationFileIsNamed() throws Exception {
        assertFails(
                Command.tailrace("broker", "--config", "/no/such.properties"), 2, "/no/such.properties: no such file");
    }

    @Test
    void topicsAreCreatedListedDescribedAndDeleted() throws Exception {
        client("topics", "create", "--topic", topic, "--partitions", "3", "--config", "retention.ms=3600000")
                .requireSuccess();

        JsonNode listed =
                JSON.readTree(client("topics", "list", "--output", "json").requireSuccess());
        assertThat(listed).anySatisfy(each -> {
            assertThat(each.get("topic").asText()).isEqualTo(topic);
            assertThat(each.get("partitions").asInt()).isEqualTo(3);
            assertThat(each.get("replicationFactor").asInt()).isEqualTo(1);
        });
        assertThat(client("topics", "describe", "--topic", topic, "--output", "csv")
                        .lines())
                .containsExactly(
                        "TOPIC,PARTITION,LEADER,REPLICAS,ISR,LOG-START-OFFSET,LOG-END-OFFSET",
                        topic + ",0,1,1,1,0,0",
                        topic + ",1,1,1,1,0,0",
                        topic + ",2,1,1,1,0,0");
        client("topics", "configure", "--topic", topic, "--set", "segment.ms=5000", "--unset", "retention.ms")
                .requireSuccess();
        assertThat(client("topics", "configure", "--topic", topic, "--output", "csv")
                        .lines())
                .contains("segment.ms,5000,false", "retention.ms,604800000,true");
        assertFails(client("topics", "configure", "--topic", topic, "--set", "segment.sm=5"), 1, "segment.sm");
        assertFails(client("topics", "create", "--topic", topic), 1, topic);
        client("topics", "delete", "--topic", topic).requireSuccess();
        assertFails(client("topics", "describe", "--topic", topic), 1, topic);
        assertThat(client("topics", "describe", "--topic", topic, "--verbose").err())
                .contains("\tat ");
    }

    @Test
    void linesAreProducedAndConsumedAndLagIsReported() throws Exception {
        client("topics", "create", "--topic", topic, "--partitions", "1").requireSuccess();
        clientReading("a:one\nb:two\nc:mühle:3\n", "produce", "--topic", topic, "--key-separator", ":")
                .requireSuccess();

        assertThat(client("consume", "--topic", topic, "--from-beginning", "--to-end")
                        .lines())
                .containsExactly("one", "two", "mühle:3");
        JsonNode last = JSON.readTree(client("consume", "--topic", topic, "--offset", "2", "--to-end", "--json")
                .requireSuccess());
        assertThat(last.get("key").asText()).isEqualTo("c");
        assertThat(last.get("offset").asLong()).isEqualTo(2);
        String group = "g-" + topic;
        String[] readOne = {"consume", "--topic", topic, "--group", group, "--from-beginning", "--max-messages", "1"};
        assertThat(client(readOne).lines()).containsExactly("one");
        assertThat(client(readOne).lines()).containsExactly("two");

        JsonNode lag = JSON.readTree(
                client("lag", "--group", group, "--output", "json").requireSuccess());
        assertThat(lag).hasSize(1);
        assertThat(lag.get(0).get("currentOffset").asLong()).isEqualTo(2);
        assertThat(lag.get(0).get("logEndOffset").asLong()).isEqualTo(3);
        assertThat(lag.get(0).get("lag").asLong()).isEqualTo(1);
        assertThat(client("lag", "--group", group).lines().get(0).split(" +"))
                .startsWith("GROUP", "TOPIC", "PARTITION", "CURRENT-OFFSET", "LOG-END-OFFSET", "LAG", "LAG-SECONDS")
                .contains("VERDICT", "REASON");
        assertThat(client("lag", "--group", group, "--max-lag", "1").exitCode()).isZero();
        assertFails(client("lag", "--group", group, "--max-lag", "0"), 3);
        assertFails(client("lag", "--group", "nobody"), 1, "nobody");
        assertThat(client("groups", "list").lines()).anyMatch(line -> line.startsWith(group + " "));
        client("groups", "reset", "--group", group, "--to-latest", "--execute").requireSuccess();
        assertThat(client("lag", "--group", group, "--max-lag", "0", "--max-seconds", "0")
                        .exitCode())
                .isZero();
        client("groups", "delete", "--group", group).requireSuccess();
        assertFails(client("lag", "--group", group), 1, group);
    }

    @Test
    void serverRunsInTheLaunchedProcessWithTheRequestedHeap() throws Exception {
        try (ServerProcess zooKeeper = ServerProcess.start(
                CLUSTER.folder().resolve("small-zookeeper.log"),
                Map.of("TAILRACE_HEAP", "48m", "TAILRACE_OPTS", "-Dmark=here -XX:+UseSerialGC"),
                List.of(
                        "zookeeper",
                        "--set",
                        "dataDir=" + CLUSTER.folder().resolve("small-zookeeper"),
                        "--set",
                        "clientPort=0"))) {
            zooKeeper.awaitPort();

            assertThat(zooKeeper.info().command().orElseThrow()).endsWith("/java");
            assertThat(zooKeeper.info().arguments().orElseThrow()).contains("-Xmx48m", "-Dmark=here");
            assertThat(zooKeeper.terminate()).isZero();
        }
    }

    @Test
    void stoppedBrokerExitsZeroAndKeepsItsTopics() throws Exception {
        client("topics", "create", "--topic", topic).requireSuccess();
        LocalBroker broker = CLUSTER.broker(1);

        assertThat(broker.terminate()).isZero();
        broker.restart();
        assertThat(client("topics", "list").requireSuccess()).contains(topic);
    }
}
