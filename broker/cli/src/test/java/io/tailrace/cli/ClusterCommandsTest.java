package io.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.Reassignment;
import io.tailrace.process.CommandRunner;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands of operators, on a cluster of three brokers with a topic of three partitions on each of them. */
class ClusterCommandsTest {
    private static final TopicPartition FIRST = new TopicPartition("web", 0);

    private final FakeClients clients = new FakeClients();
    private final InMemoryAdmin admin = clients.admin;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void start() {
        admin.brokers.putAll(Map.of(1, "r1", 2, "r2", 3, ""));
        admin.create("web", 3, 1, 2, 3);
    }

    @Test
    void clusterShowsWhatEachBrokerLeadsAndHolds() {
        assertThat(run("cluster")).isZero();
        assertThat(out.toString()).isEqualTo("""
                BROKER  UP    HOST   PORT  RACK  CONTROLLER  LEADERS  REPLICAS  OUT-OF-SYNC
                     1  true  host1  9092  r1    true              1         3            0
                     2  true  host2  9092  r2    false             1         3            0
                     3  true  host3  9092  -     false             1         3            0
                """);
        assertThat(err.toString())
                .isEqualTo("3 brokers up, 3 partitions: 0 under-replicated, 0 unavailable, 0 under min ISR,"
                        + " 0 reassigning\n");
    }

    @Test
    void clusterWithABrokerDownExitsThree() {
        admin.brokers.remove(3);
        admin.place("web", 0, OptionalInt.of(1), List.of(1, 2, 3), List.of(1, 2));
        admin.place("web", 2, OptionalInt.empty(), List.of(3, 1, 2), List.of(3));

        assertThat(run("cluster", "--output", "csv")).isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(out.toString().lines()).contains("3,false,,,,false,0,3,1", "2,true,host2,9092,r2,false,1,3,1");
        assertThat(err.toString()).startsWith("2 brokers up, 3 partitions: 2 under-replicated, 1 unavailable, ");
    }

    @Test
    void replicasBeingAddedAreNotOutOfSync() {
        admin.place("web", 0, OptionalInt.of(1), List.of(1, 2, 3), List.of(1, 2));
        admin.reassignments.put(FIRST, new Reassignment(List.of(1, 2, 3), List.of(3), List.of()));

        assertThat(run("cluster")).isZero();
        assertThat(err.toString()).contains(" 0 under-replicated, ", " 1 reassigning");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --under-replicated                 | 0 1
            --unavailable                      | 2
            --under-min-isr                    | 0
            --unavailable --under-replicated   | 0 1 2
            """)
    void describeWithFiltersShowsUnhealthyPartitionsOnly(String filters, String shown) {
        admin.topicSettings.put("web", Map.of("min.insync.replicas", "2"));
        admin.brokers.remove(3);
        admin.place("web", 0, OptionalInt.of(1), List.of(1, 2), List.of(1));
        admin.place("web", 1, OptionalInt.of(1), List.of(1, 2, 3), List.of(1, 2));
        admin.place("web", 2, OptionalInt.empty(), List.of(3), List.of(3));
        String[] words = ("topics describe --output csv " + filters).split(" ");

        assertThat(run(words)).isZero();
        assertThat(out.toString().lines().skip(1).map(line -> line.split(",", -1)[1]))
                .containsExactly(shown.split(" "));
        assertThat(out.toString()).startsWith("TOPIC,PARTITION,LEADER,REPLICAS,ISR,OFFLINE\n");
    }

    @Test
    void settingsAreChangedTogetherAndShown() {
        admin.topicSettings.put("web", new TreeMap<>(Map.of("segment.bytes", "500")));
        run("topics", "configure", "--topic", "web", "--set", "retention.ms=5", "--unset", "segment.bytes");
        assertThat(admin.topicSettings.get("web")).isEqualTo(Map.of("retention.ms", "5"));

        run("topics", "configure", "--topic", "web", "--output", "csv");
        assertThat(out.toString()).isEqualTo("KEY,VALUE,DEFAULT\nretention.ms,5,false\nmin.insync.replicas,1,true\n");

        assertThat(run("topics", "configure", "--topic", "web", "--set", "a=1", "--unset", "a"))
                .isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString()).contains("a: expected once in --set or --unset");
    }

    @Test
    void electShowsElectedAndFailedPartitions() {
        admin.elections.put(FIRST, ErrorCode.NONE);
        assertThat(run("topics", "elect", "--output", "csv")).isZero();
        assertThat(out.toString()).isEqualTo("TOPIC,PARTITION,OUTCOME\nweb,0,elected\n");

        admin.elections.put(FIRST, ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE);
        assertThat(run("topics", "elect", "--topic", "web")).isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(out.toString()).contains("PREFERRED_LEADER_NOT_AVAILABLE");
    }

    @Test
    void reassignSpreadsPartitionsAndStatusFollowsThem() {
        admin.brokers.put(4, "");
        assertThat(run("reassign", "--brokers", "1,2,4", "--dry-run", "--output", "csv"))
                .isZero();
        assertThat(out.toString()).isEqualTo("""
                TOPIC,PARTITION,REPLICAS,NEW-REPLICAS
                web,0,"1,2,3","1,2,4"
                web,1,"2,3,1","2,4,1"
                web,2,"3,1,2","4,1,2"
                """);
        assertThat(admin.reassignments).isEmpty();

        assertThat(run("reassign", "--topics", "web", "--brokers", "1,2,4", "--throttle", "1000"))
                .isZero();
        assertThat(admin.reassignments).hasSize(3);
        assertThat(admin.topicSettings.get("web"))
                .isEqualTo(Map.of(
                        "leader.replication.throttled.replicas", "0:1,0:2,0:3,1:2,1:3,1:1,2:3,2:1,2:2",
                        "follower.replication.throttled.replicas", "0:4,1:4,2:4"));
        assertThat(admin.brokerSettings).hasSize(4).allSatisfy((broker, settings) -> assertThat(settings)
                .isEqualTo(Map.of(
                        "leader.replication.throttled.rate", "1000",
                        "follower.replication.throttled.rate", "1000")));

        assertThat(run("reassign", "--status")).isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(admin.topicSettings.get("web")).isNotEmpty();
        admin.reassignments.clear();
        assertThat(run("reassign", "--status")).isZero();
        assertThat(admin.topicSettings.get("web")).isEmpty();
        assertThat(admin.brokerSettings)
                .allSatisfy((broker, settings) -> assertThat(settings).isEmpty());
        assertThat(err.toString()).contains("throttle removed");
    }

    @Test
    void partitionsThatDoNotMoveAreNotThrottled() {
        assertThat(run("reassign", "--brokers", "1,2,3", "--throttle", "1000")).isZero();
        assertThat(err.toString()).contains("nothing to move");
        assertThat(admin.brokerSettings).isEmpty();
    }

    @Test
    void throttleOfAWholeTopicIsKept() {
        admin.brokers.put(4, "");
        admin.topicSettings.put("web", new TreeMap<>(Map.of("leader.replication.throttled.replicas", "*")));
        assertThat(run("reassign", "--brokers", "1,2,4", "--throttle", "1000")).isZero();
        assertThat(admin.topicSettings.get("web"))
                .containsEntry("leader.replication.throttled.replicas", "*")
                .containsEntry("follower.replication.throttled.replicas", "0:4,1:4,2:4");
    }

    @Test
    void reassignmentsAreCancelled() {
        admin.reassignments.put(FIRST, new Reassignment(List.of(4, 1, 2, 3), List.of(4), List.of(3)));
        assertThat(run("reassign", "--status", "--topics", "other")).isZero();
        admin.topicSettings.put(
                "web", new TreeMap<>(Map.of("follower.replication.throttled.replicas", "0:4", "retention.ms", "5")));
        assertThat(run("reassign", "--cancel", "--topics", "other")).isZero();
        assertThat(admin.topicSettings.get("web")).hasSize(2);
        assertThat(run("reassign", "--cancel")).isZero();
        assertThat(admin.reassignments).isEmpty();
        assertThat(admin.topicSettings.get("web")).isEqualTo(Map.of("retention.ms", "5"));
    }

    @Test
    void plansAreInKafkasFormat(@TempDir Path folder) throws IOException {
        Path plan = Files.writeString(folder.resolve("plan.json"), """
                {"version":1,"partitions":[
                  {"topic":"web","partition":0,"replicas":[2,1],"log_dirs":["any","any"]}]}
                """);
        assertThat(run("reassign", "--plan", plan.toString())).isZero();
        assertThat(admin.reassignments).containsOnlyKeys(FIRST);
        assertThat(admin.reassignments.get(FIRST)).isEqualTo(new Reassignment(List.of(2, 1, 3), List.of(), List.of(3)));
    }

    @Test
    void redirectedMoveIsThrottledAtItsNewReplicas(@TempDir Path folder) throws IOException {
        admin.reassignments.put(FIRST, new Reassignment(List.of(4, 1, 2, 3), List.of(4), List.of(2, 3)));
        Path plan = Files.writeString(folder.resolve("plan.json"), """
                {"version":1,"partitions":[{"topic":"web","partition":0,"replicas":[4,2]}]}
                """);
        assertThat(run("reassign", "--plan", plan.toString(), "--throttle", "1000"))
                .isZero();
        assertThat(admin.topicSettings.get("web"))
                .containsEntry("leader.replication.throttled.replicas", "0:4,0:1,0:2,0:3")
                .containsEntry("follower.replication.throttled.replicas", "0:4");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {                                                                                    | expected JSON
            {"version":2,"partitions":[]}                                                        | expected {"version":1
            {"version":1,"partitions":[{"topic":"web","partition":0,"replicas":[]}]}             | "replicas":[]}
            {"version":1,"partitions":[{"topic":"web","partition":0,"replicas":[1,1]}]}          | "replicas":[1,1]}
            {"version":1,"partitions":[{"topic":"web","partition":-1,"replicas":[1]}]}           | "partition":-1
            {"version":1,"partitions":[{"topic":"web","partition":0,"replicas":[1]},{"topic":"web","partition":0,"replicas":[2]}]} | web-0 appears twice
            """)
    void invalidPlansAreWrongUsage(String text, String message, @TempDir Path folder) throws IOException {
        Path plan = Files.writeString(folder.resolve("plan.json"), text);
        assertThat(run("reassign", "--plan", plan.toString())).isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString()).contains(plan.toString(), message);
        assertThat(admin.reassignments).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            reassign                                 | Missing required
            reassign --status --cancel               | mutually exclusive
            reassign --status --throttle 5           | need --brokers or --plan
            reassign --brokers 1,2,3 --throttle 0    | expected 1 or more
            reassign --plan p --topics web           | --topics and --plan exclude each other
            reassign --brokers 1,2,9                 | broker 9 is not up; expected some of [1, 2, 3]
            reassign --brokers 1,2                   | 3 replicas: expected at least as many brokers
            """)
    void contradictoryOptionsAreWrongUsage(String words, String message) {
        assertThat(run(words.split(" "))).isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString()).contains(message);
    }

    private int run(String... args) {
        out.getBuffer().setLength(0);
        String[] all = Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--bootstrap-server";
        all[args.length + 1] = "localhost:9092";
        return ClientCommands.commandLine(clients, address -> value -> "null")
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
    }
}
