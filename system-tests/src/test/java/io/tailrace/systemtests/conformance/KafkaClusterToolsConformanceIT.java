package io.tailrace.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.systemtests.Command;
import io.tailrace.systemtests.KafkaClients;
import io.tailrace.systemtests.LocalCluster;
import io.tailrace.systemtests.OurClients;
import io.tailrace.systemtests.conformance.driver.EveryBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's command-line tools for groups and replicas, by the names of their scripts, with two brokers that have two disks each. */
class KafkaClusterToolsConformanceIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    @Order(1)
    static final CompatibilityTable TABLE =
            CompatibilityTable.ofVersions("Kafka's tools for groups and replicas", KafkaTools.VERSION);

    @RegisterExtension
    @Order(2)
    static final LocalCluster CLUSTER = ConformanceCluster.start();

    private static final KafkaTools TOOLS = new KafkaTools(CLUSTER::bootstrapServers);

    private final KafkaClients clients = new KafkaClients(CLUSTER::bootstrapServers);
    private final OurClients ours = new OurClients(CLUSTER::bootstrapServers);
    private final String topic = "tools-" + UUID.randomUUID();
    private final TopicPartition partition = new TopicPartition(topic, 0);

    private static List<String> groups(String... arguments) throws Exception {
        return TOOLS.lines("consumer.group.ConsumerGroupCommand", arguments);
    }

    /** The columns of the only line that begins with the first of these words and has the others. */
    private static List<String> row(List<String> lines, String... words) {
        List<String> found = lines.stream()
                .map(line -> List.of(line.trim().split("\\s+", -1)))
                .filter(columns -> columns.get(0).equals(words[0]) && columns.containsAll(List.of(words)))
                .map(columns -> String.join(" ", columns))
                .toList();
        assertThat(found).as(String.join("\n", lines)).hasSize(1);
        return List.of(found.get(0).split(" ", -1));
    }

    private Path file(String name, String content) throws Exception {
        return Files.writeString(CLUSTER.folder().resolve(topic + "-" + name), content);
    }

    /** Creates the topic with one partition on given brokers; its records are numbers at times from 1000 ms on. */
    private void fill(int count, Integer... brokers) throws Exception {
        try (Admin admin = clients.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, Map.of(0, List.of(brokers)))))
                    .all()
                    .get();
        }
        EveryBroker.awaitTopic(CLUSTER.bootstrapServers(), topic, 1);
        clients.send(
                IntStream.range(0, count)
                        .mapToObj(
                                i -> new ProducerRecord<String, String>(topic, 0, 1_000L + i, null, String.valueOf(i)))
                        .toList(),
                Map.of());
    }

    /** Commits an offset of the group that is named like the topic. */
    private void commit(long offset) throws Exception {
        try (Admin admin = clients.admin()) {
            admin.alterConsumerGroupOffsets(topic, Map.of(partition, new OffsetAndMetadata(offset)))
                    .all()
                    .get();
        }
    }

    private TopicPartitionInfo describe() throws Exception {
        try (Admin admin = clients.admin()) {
            return Objects.requireNonNull(admin.describeTopics(List.of(topic))
                            .allTopicNames()
                            .get()
                            .get(topic))
                    .partitions()
                    .get(0);
        }
    }

    private List<Integer> replicas() throws Exception {
        return describe().replicas().stream().map(node -> node.id()).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    @Operation("kafka-consumer-groups --list, --describe, --members, --state")
    void describeGroups(String protocol) throws Exception {
        fill(10, 1);
        try (KafkaConsumer<String, String> consumer =
                clients.consumer(Map.of("group.id", topic, "client.id", "reader", "group.protocol", protocol))) {
            consumer.subscribe(List.of(topic));
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(100));
                return consumer.assignment().contains(partition) && consumer.position(partition) == 10;
            });
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(4)));

            assertThat(groups("--list")).contains(topic);
            List<String> columns = row(groups("--describe", "--group", topic), topic, "0");
            assertThat(columns).startsWith(topic, topic, "0").contains("4", "10", "6", "reader");
            assertThat(row(groups("--describe", "--group", topic, "--members"), topic, "reader"))
                    .contains("1");
            assertThat(row(groups("--describe", "--group", topic, "--state"), topic))
                    .contains("Stable", "1");
        }
        assertThat(row(groups("--describe", "--group", topic), topic, "0")).contains("4", "10", "6", "-");
    }

    @Test
    @Operation("kafka-consumer-groups --reset-offsets, all scenarios, --dry-run, --export, --from-file")
    void resetOffsets() throws Exception {
        fill(10, 1);
        commit(3);
        assertThat(reset(false, "--to-earliest")).isZero();
        assertThat(ours.committed(topic, topic)).isEqualTo(Map.of(0, 3L));

        assertThat(reset(true, "--to-earliest")).isZero();
        assertThat(reset(true, "--to-latest")).isEqualTo(10);
        assertThat(reset(true, "--to-offset", "6")).isEqualTo(6);
        assertThat(reset(true, "--shift-by", "-2")).isEqualTo(4);
        assertThat(reset(true, "--to-datetime", "1970-01-01T00:00:01.007")).isEqualTo(7);
        assertThat(reset(true, "--to-current")).isEqualTo(7);
        assertThat(reset(true, "--by-duration", "PT1H")).isEqualTo(10);
        assertThat(ours.committed(topic, topic)).isEqualTo(Map.of(0, 10L));

        List<String> exported = groups(
                "--reset-offsets", "--group", topic, "--topic", topic, "--to-offset", "5", "--export", "--dry-run");
        assertThat(exported).anyMatch(line -> line.contains(topic) && line.endsWith(",0,5"));
        Path plan = file("plan.csv", topic + ",0,2\n");
        assertThat(row(
                        groups("--reset-offsets", "--group", topic, "--from-file", plan.toString(), "--execute"),
                        topic,
                        "2"))
                .containsExactly(topic, topic, "0", "2");
        assertThat(ours.committed(topic, topic)).isEqualTo(Map.of(0, 2L));
    }

    /** Resets the group's offset and returns the new one. */
    private long reset(boolean execute, String... scenario) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("--reset-offsets", "--group", topic, "--topic", topic));
        arguments.addAll(List.of(scenario));
        arguments.add(execute ? "--execute" : "--dry-run");
        List<String> columns = row(groups(arguments.toArray(String[]::new)), topic, "0");
        return Long.parseLong(columns.get(3));
    }

    @Test
    @Operation("kafka-consumer-groups --delete-offsets, --delete")
    void deleteGroups() throws Exception {
        fill(10, 1);
        commit(3);
        assertThat(row(groups("--delete-offsets", "--group", topic, "--topic", topic), topic, "0", "Successful"))
                .isNotEmpty();
        assertThat(ours.committed(topic, topic)).isEmpty();
        commit(3);
        assertThat(String.join("\n", groups("--delete", "--group", topic))).contains("successful", topic);
        assertThat(groups("--list")).doesNotContain(topic);
    }

    @Test
    @Operation("kafka-groups --list, by type")
    void listGroups() throws Exception {
        fill(1, 1);
        commit(1);
        assertThat(row(TOOLS.lines("GroupsCommand", "--list", "--group-type", "classic"), topic))
                .startsWith(topic, "Classic");
    }

    @Test
    @Operation("kafka-reassign-partitions --generate, --execute, --list, --verify")
    void reassign() throws Exception {
        fill(10, 1);
        Path topics = file("topics.json", "{\"version\":1,\"topics\":[{\"topic\":\"%s\"}]}".formatted(topic));
        assertThat(String.join(
                        "\n",
                        reassignments(
                                "--generate", "--topics-to-move-json-file", topics.toString(), "--broker-list", "2")))
                .contains("\"topic\":\"" + topic + "\",\"partition\":0,\"replicas\":[2]");
        Path plan = plan("[2]", "[\"any\"]");
        assertThat(String.join("\n", reassignments("--execute", "--reassignment-json-file", plan.toString())))
                .contains("Successfully started partition reassignment for " + partition);
        awaitReassigned(plan);
        await().atMost(PATIENCE).until(() -> replicas().equals(List.of(2)));
        assertThat(clients.values(topic)).hasSize(10);
        assertThat(String.join("\n", reassignments("--list"))).contains("No partition reassignments found.");
    }

    private Path plan(String replicas, String folders) throws Exception {
        return file(
                "plan.json",
                "{\"version\":1,\"partitions\":[{\"topic\":\"%s\",\"partition\":0,\"replicas\":%s,\"log_dirs\":%s}]}"
                        .formatted(topic, replicas, folders));
    }

    private static List<String> reassignments(String... arguments) throws Exception {
        return TOOLS.lines("reassign.ReassignPartitionsCommand", arguments);
    }

    private void awaitReassigned(Path plan) throws Exception {
        await().atMost(PATIENCE).pollDelay(Duration.ZERO).until(() -> String.join(
                        "\n", reassignments("--verify", "--reassignment-json-file", plan.toString()))
                .contains("Reassignment of partition " + partition + " is completed"));
    }

    @Test
    @Operation("kafka-reassign-partitions --throttle")
    void throttledReassignment() throws Exception {
        fill(10, 1);
        Path plan = plan("[2]", "[\"any\"]");
        assertThat(String.join(
                        "\n",
                        reassignments(
                                "--execute", "--throttle", "50000000", "--reassignment-json-file", plan.toString())))
                .contains("throttle limit was set to 50000000 B/s");
        awaitReassigned(plan);
        await().atMost(PATIENCE).until(() -> replicas().equals(List.of(2)));
        try (Admin admin = clients.admin()) {
            ConfigResource ofTopic = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(Objects.requireNonNull(admin.describeConfigs(List.of(ofTopic))
                                            .all()
                                            .get()
                                            .get(ofTopic))
                                    .get("leader.replication.throttled.replicas")
                                    .value())
                            .isEmpty());
        }
    }

    @Test
    @Operation("kafka-reassign-partitions, to another log directory")
    void moveBetweenDisks() throws Exception {
        fill(10, 1);
        TopicPartitionReplica replica = new TopicPartitionReplica(topic, 0, 1);
        String before = folderOf(replica);
        String after = before.endsWith("-disk-1")
                ? before.replace("-disk-1", "-disk-2")
                : before.replace("-disk-2", "-disk-1");
        Path plan = plan("[1]", "[\"%s\"]".formatted(after));
        assertThat(String.join("\n", reassignments("--execute", "--reassignment-json-file", plan.toString())))
                .contains("Successfully started moving log directory to " + after + " for replica " + partition);
        await().atMost(PATIENCE).until(() -> folderOf(replica).equals(after));
        assertThat(String.join("\n", reassignments("--verify", "--reassignment-json-file", plan.toString())))
                .contains("Reassignment of replica " + topic + "-0-1 completed successfully.");
        assertThat(clients.values(topic)).hasSize(10);
    }

    private String folderOf(TopicPartitionReplica replica) throws Exception {
        try (Admin admin = clients.admin()) {
            return Objects.requireNonNull(admin.describeReplicaLogDirs(List.of(replica))
                            .all()
                            .get()
                            .get(replica))
                    .getCurrentReplicaLogDir();
        }
    }

    @Test
    @Operation("kafka-leader-election --election-type preferred")
    void leaderElection() throws Exception {
        fill(10, 1, 2);
        Path plan = plan("[2,1]", "[\"any\",\"any\"]");
        reassignments("--execute", "--reassignment-json-file", plan.toString());
        await().atMost(PATIENCE).until(() -> replicas().equals(List.of(2, 1)));
        assertThat(TOOLS.lines(
                        "LeaderElectionCommand", "--election-type", "preferred", "--topic", topic, "--partition", "0"))
                .anyMatch(line -> line.contains(topic + "-0"));
        await().atMost(PATIENCE).until(() -> {
            Node leader = describe().leader();
            return leader != null && leader.id() == 2;
        });
    }

    @Test
    @Operation("kafka-replica-verification")
    void replicaVerification() throws Exception {
        fill(10, 1, 2);
        try (RunningTool tool = RunningTool.start(
                CLUSTER.folder().resolve(topic + ".log"),
                TOOLS.commandLine(
                        "ReplicaVerificationTool",
                        List.of(
                                "--report-interval-ms",
                                "1000",
                                "--topics-include",
                                topic,
                                "--broker-list",
                                KafkaTools.SERVERS)))) {
            tool.awaitOutput("max lag is 0 for partition " + partition + " at offset 10 among 1 partitions");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kafka-acls | AclCommand | --bootstrap-server SERVERS --list | no: there are no ACLs",
                "kafka-share-groups | consumer.group.ShareGroupCommand | --bootstrap-server SERVERS --describe --group any | no: there are no share groups",
                "kafka-metadata-quorum | MetadataQuorumCommand | --bootstrap-server SERVERS describe --status | no: the cluster's state is in ZooKeeper",
                "kafka-configs, SCRAM | kafka.admin.ConfigCommand | --bootstrap-server SERVERS --entity-type users --describe --entity-name any | no: there is no SASL",
                "kafka-configs, quotas | kafka.admin.ConfigCommand | --bootstrap-server SERVERS --entity-type clients --describe --entity-name any | no: there are no quotas"
            })
    void refused(String operation, String mainClass, String arguments, String outcome) throws Exception {
        Command command = Command.run("", Map.of(), TOOLS.commandLine(mainClass, List.of(arguments.split(" ", -1))));
        assertThat(command.out() + command.err()).containsPattern("UnsupportedVersionException");
        TABLE.record(operation, KafkaTools.VERSION, outcome);
    }
}
