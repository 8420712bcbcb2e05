package io.tailrace.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tailrace.systemtests.Command;
import io.tailrace.systemtests.KafkaClients;
import io.tailrace.systemtests.LocalCluster;
import io.tailrace.systemtests.OurClients;
import io.tailrace.systemtests.conformance.driver.EveryBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Kafka's command-line tools for topics, settings and records, by the names of their scripts, with two brokers that have two disks
 * each.
 */
class KafkaRecordToolsConformanceIT {
    @RegisterExtension
    @Order(1)
    static final CompatibilityTable TABLE =
            CompatibilityTable.ofVersions("Kafka's tools for topics and records", KafkaTools.VERSION);

    @RegisterExtension
    @Order(2)
    static final LocalCluster CLUSTER = ConformanceCluster.start();

    private static final KafkaTools TOOLS = new KafkaTools(CLUSTER::bootstrapServers);

    private final KafkaClients clients = new KafkaClients(CLUSTER::bootstrapServers);
    private final OurClients ours = new OurClients(CLUSTER::bootstrapServers);
    private final String topic = "tools-" + UUID.randomUUID();

    private Path file(String name, String content) throws Exception {
        return Files.writeString(CLUSTER.folder().resolve(topic + "-" + name), content);
    }

    /** Creates the topic with one partition on given brokers and numbers as its records, at times from 1000 ms on. */
    private void fill(int count) throws Exception {
        clients.createTopic(topic, 1);
        clients.send(
                IntStream.range(0, count)
                        .mapToObj(
                                i -> new ProducerRecord<String, String>(topic, 0, 1_000L + i, null, String.valueOf(i)))
                        .toList(),
                Map.of());
    }

    @Test
    @Operation("kafka-topics --create, --list, --describe, --alter, --delete")
    void topics() throws Exception {
        assertThat(TOOLS.lines(
                        "TopicCommand",
                        "--create",
                        "--topic",
                        topic,
                        "--partitions",
                        "2",
                        "--replication-factor",
                        "2",
                        "--config",
                        "retention.ms=1234567"))
                .contains("Created topic " + topic + ".");
        EveryBroker.awaitTopic(CLUSTER.bootstrapServers(), topic, 2);
        assertThat(TOOLS.lines("TopicCommand", "--alter", "--topic", topic, "--partitions", "3"))
                .isEmpty();
        EveryBroker.awaitTopic(CLUSTER.bootstrapServers(), topic, 3);
        List<String> description = TOOLS.lines("TopicCommand", "--describe", "--topic", topic);
        assertThat(description).hasSize(4);
        assertThat(description.get(0)).contains("PartitionCount: 3", "ReplicationFactor: 2", "retention.ms=1234567");
        assertThat(description.subList(1, 4))
                .allMatch(line ->
                        line.matches(".*Partition: \\d\\tLeader: [12]\\tReplicas: ([12],[12])\\tIsr: ([12],[12]).*"));
        assertThat(TOOLS.lines("TopicCommand", "--list")).contains(topic);
        assertThat(TOOLS.lines("TopicCommand", "--delete", "--topic", topic)).isEmpty();
        EveryBroker.awaitNoTopic(CLUSTER.bootstrapServers(), topic);
        assertThat(TOOLS.lines("TopicCommand", "--list")).doesNotContain(topic);
    }

    @Test
    @Operation("kafka-configs, of topics")
    void topicConfigs() throws Exception {
        clients.createTopic(topic, 1);
        String[] entity = {"--entity-type", "topics", "--entity-name", topic};
        assertThat(configs(entity, "--alter", "--add-config", "retention.ms=60000,cleanup.policy=[compact,delete]"))
                .contains("Completed updating config for topic " + topic + ".");
        await().untilAsserted(() -> assertThat(String.join("\n", configs(entity, "--describe")))
                .contains("retention.ms=60000", "cleanup.policy=compact,delete"));
        configs(entity, "--alter", "--delete-config", "retention.ms");
        await().untilAsserted(() -> assertThat(String.join("\n", configs(entity, "--describe")))
                .contains("cleanup.policy=compact,delete")
                .doesNotContain("retention.ms"));
        assertThat(String.join("\n", configs(entity, "--describe", "--all"))).contains("segment.bytes=");
    }

    private static List<String> configs(String[] entity, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(entity));
        all.addAll(List.of(arguments));
        return TOOLS.lines(KafkaTools.CONFIGS, all.toArray(String[]::new));
    }

    @Test
    @Operation("kafka-configs, of brokers and groups")
    void otherConfigs() throws Exception {
        assertThat(String.join(
                        "\n",
                        configs(
                                new String[] {"--entity-type", "brokers", "--entity-name", "2"},
                                "--describe",
                                "--all")))
                .contains("broker.id=2");
        String[] group = {"--entity-type", "groups", "--entity-name", topic};
        configs(group, "--alter", "--add-config", "consumer.session.timeout.ms=50000");
        await().untilAsserted(() -> assertThat(String.join("\n", configs(group, "--describe")))
                .contains("consumer.session.timeout.ms=50000"));
    }

    @Test
    @Operation("kafka-console-producer, kafka-console-consumer")
    void console() throws Exception {
        clients.createTopic(topic, 1);
        TOOLS.run(
                        "trace:7f\tk1:v1\ntrace:80\tk2:v2\n",
                        "ConsoleProducer",
                        "--topic",
                        topic,
                        "--reader-property",
                        "parse.key=true",
                        "--reader-property",
                        "key.separator=:",
                        "--reader-property",
                        "parse.headers=true")
                .requireSuccess();
        assertThat(TOOLS.lines(
                        "consumer.ConsoleConsumer",
                        "--topic",
                        topic,
                        "--from-beginning",
                        "--max-messages",
                        "2",
                        "--formatter-property",
                        "print.key=true",
                        "--formatter-property",
                        "print.headers=true",
                        "--formatter-property",
                        "print.offset=true"))
                .containsExactly("Offset:0\ttrace:7f\tk1\tv1", "Offset:1\ttrace:80\tk2\tv2");
    }

    @Test
    @Operation("kafka-console-consumer --group, resumes")
    void consoleGroup() throws Exception {
        fill(5);
        String[] arguments = {"--topic", topic, "--group", topic, "--from-beginning", "--max-messages", "3"};
        assertThat(TOOLS.lines("consumer.ConsoleConsumer", arguments)).containsExactly("0", "1", "2");
        arguments[6] = "2";
        assertThat(TOOLS.lines("consumer.ConsoleConsumer", arguments)).containsExactly("3", "4");
    }

    @Test
    @Operation("kafka-producer-perf-test, kafka-consumer-perf-test")
    void perf() throws Exception {
        clients.createTopic(topic, 1);
        assertThat(TOOLS.run(
                                "",
                                "ProducerPerformance",
                                "--topic",
                                topic,
                                "--num-records",
                                "5000",
                                "--record-size",
                                "200",
                                "--throughput",
                                "-1",
                                "--command-property",
                                "compression.type=lz4")
                        .requireSuccess())
                .contains("5000 records sent");
        List<String> report = TOOLS.lines("ConsumerPerformance", "--topic", topic, "--num-records", "5000");
        List<String> header = List.of(report.get(report.size() - 2).split(", ", -1));
        List<String> values = List.of(report.get(report.size() - 1).split(", ", -1));
        assertThat(values.get(header.indexOf("data.consumed.in.nMsg"))).isEqualTo("5000");
    }

    @Test
    @Operation("kafka-e2e-latency")
    void latency() throws Exception {
        clients.createTopic(topic, 1);
        assertThat(String.join(
                        "\n",
                        TOOLS.lines(
                                "EndToEndLatency",
                                "--topic",
                                topic,
                                "--num-records",
                                "20",
                                "--producer-acks",
                                "all",
                                "--record-size",
                                "50")))
                .contains("Avg latency:");
        assertThat(clients.values(topic)).hasSize(20);
    }

    @Test
    @Operation("kafka-verifiable-producer")
    void verifiableProducer() throws Exception {
        clients.createTopic(topic, 1);
        List<JsonNode> events = events(TOOLS.lines("VerifiableProducer", "--topic", topic, "--max-messages", "100"));
        assertThat(named(events, "producer_send_success"))
                .extracting(event -> event.get("offset").asLong())
                .containsExactlyElementsOf(
                        IntStream.range(0, 100).mapToObj(Long::valueOf).toList());
        assertThat(named(events, "producer_send_error")).isEmpty();
        assertThat(named(events, "tool_data")).singleElement().satisfies(event -> {
            assertThat(event.get("sent").asInt()).isEqualTo(100);
            assertThat(event.get("acked").asInt()).isEqualTo(100);
        });
    }

    @Test
    @Operation("kafka-verifiable-consumer, classic")
    void verifiableConsumer() throws Exception {
        consumeVerifiably("classic");
    }

    @Test
    @Operation("kafka-verifiable-consumer, consumer protocol")
    void verifiableConsumerOfTheConsumerProtocol() throws Exception {
        consumeVerifiably("consumer");
    }

    private void consumeVerifiably(String protocol) throws Exception {
        fill(100);
        List<JsonNode> events = events(TOOLS.lines(
                "VerifiableConsumer",
                "--topic",
                topic,
                "--group-id",
                topic,
                "--group-protocol",
                protocol,
                "--max-messages",
                "100",
                "--reset-policy",
                "earliest"));
        assertThat(named(events, "partitions_assigned")).isNotEmpty();
        assertThat(named(events, "records_consumed").stream()
                        .mapToInt(event -> event.get("count").asInt())
                        .sum())
                .isEqualTo(100);
        assertThat(named(events, "offsets_committed")).isNotEmpty().allMatch(event -> event.get("success")
                .asBoolean());
        assertThat(ours.committed(topic, topic)).isEqualTo(Map.of(0, 100L));
    }

    private static List<JsonNode> events(List<String> lines) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (String line : lines) {
            events.add(new ObjectMapper().readTree(line));
        }
        return events;
    }

    private static List<JsonNode> named(List<JsonNode> events, String name) {
        return events.stream()
                .filter(event -> event.get("name").asText().equals(name))
                .toList();
    }

    @Test
    @Operation("kafka-get-offsets, by time")
    void getOffsets() throws Exception {
        fill(10);
        assertThat(TOOLS.lines("GetOffsetShell", "--topic", topic)).containsExactly(topic + ":0:10");
        assertThat(TOOLS.lines("GetOffsetShell", "--topic", topic, "--time", "earliest"))
                .containsExactly(topic + ":0:0");
        assertThat(TOOLS.lines("GetOffsetShell", "--topic", topic, "--time", "1004"))
                .containsExactly(topic + ":0:4");
        assertThat(TOOLS.lines("GetOffsetShell", "--topic", topic, "--time", "max-timestamp"))
                .containsExactly(topic + ":0:9");
    }

    @Test
    @Operation("kafka-delete-records")
    void deleteRecords() throws Exception {
        fill(10);
        Path offsets = file(
                "delete.json",
                "{\"partitions\":[{\"topic\":\"%s\",\"partition\":0,\"offset\":4}],\"version\":1}".formatted(topic));
        assertThat(TOOLS.lines("DeleteRecordsCommand", "--offset-json-file", offsets.toString()))
                .anyMatch(line -> line.contains(topic + "-0") && line.contains("low_watermark: 4"));
        assertThat(clients.values(topic)).containsExactly("4", "5", "6", "7", "8", "9");
    }

    @Test
    @Operation("kafka-log-dirs --describe")
    void logDirs() throws Exception {
        fill(10);
        String json = TOOLS.lines("LogDirsCommand", "--describe", "--topic-list", topic).stream()
                .filter(line -> line.startsWith("{"))
                .findFirst()
                .orElseThrow();
        JsonNode brokers = new ObjectMapper().readTree(json).get("brokers");
        assertThat(brokers.findValuesAsText("broker")).containsExactlyInAnyOrder("1", "2");
        assertThat(brokers.findValues("logDirs")).allMatch(folders -> folders.size() == 2);
        assertThat(brokers.findValuesAsText("partition")).containsExactly(topic + "-0");
        assertThat(brokers.findValue("size").asLong()).isPositive();
    }

    @Test
    @Operation("kafka-broker-api-versions")
    void apiVersions() throws Exception {
        List<String> versions = TOOLS.lines("BrokerApiVersionsCommand");
        assertThat(versions).filteredOn(line -> line.contains("(id: ")).hasSize(2);
        assertThat(versions)
                .filteredOn(line -> line.contains("Fetch(1): 4 to 18 [usable: 18]"))
                .hasSize(2);
        assertThat(versions)
                .filteredOn(line -> line.contains("CreateAcls(30): UNSUPPORTED"))
                .hasSize(2);
    }

    @Test
    @Operation("kafka-cluster cluster-id, list-endpoints")
    void cluster() throws Exception {
        assertThat(TOOLS.lines("ClusterTool", "cluster-id"))
                .singleElement()
                .asString()
                .startsWith("Cluster ID: ");
        assertThat(TOOLS.lines("ClusterTool", "list-endpoints"))
                .anyMatch(line -> line.startsWith("1 "))
                .anyMatch(line -> line.startsWith("2 "));
    }

    @Test
    @Operation("kafka-dump-log, of a segment that a broker wrote")
    void dumpLog() throws Exception {
        fill(10);
        Path segment = CLUSTER.brokers().stream()
                .flatMap(broker -> ConformanceCluster.disks(broker).stream())
                .map(disk -> disk.resolve(topic + "-0").resolve("00000000000000000000.log"))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
        Command dump = Command.run(
                "",
                Map.of(),
                TOOLS.commandLine("DumpLogSegments", List.of("--print-data-log", "--files", segment.toString())));
        assertThat(dump.lines()).filteredOn(line -> line.contains("payload: ")).hasSize(10);
        assertThat(dump.out()).contains("isvalid: true", "payload: 9").doesNotContain("isvalid: false");
    }

    @Test
    @Operation("kafka-transactions list, describe, describe-producers, find-hanging")
    void showsTransactions() throws Exception {
        clients.createTopic(topic, 1);
        try (KafkaProducer<String, String> producer = clients.producer(Map.of("transactional.id", topic))) {
            producer.initTransactions();
            producer.beginTransaction();
            RecordMetadata unused =
                    producer.send(new ProducerRecord<>(topic, 0, null, "v")).get();

            assertThat(transactions("list")).anyMatch(line -> line.contains(topic) && line.contains("Ongoing"));
            assertThat(String.join("\n", transactions("describe", "--transactional-id", topic)))
                    .contains("Ongoing", topic + "-0");
            assertThat(transactions("describe-producers", "--topic", topic, "--partition", "0"))
                    .hasSize(2);
            assertThat(transactions("find-hanging", "--topic", topic)).hasSize(1);
            producer.commitTransaction();
        }
    }

    @Test
    @Operation("kafka-transactions abort")
    void abortsATransaction() throws Exception {
        clients.createTopic(topic, 1);
        try (KafkaProducer<String, String> producer = clients.producer(Map.of("transactional.id", topic))) {
            producer.initTransactions();
            producer.beginTransaction();
            RecordMetadata unused =
                    producer.send(new ProducerRecord<>(topic, 0, null, "v")).get();

            clients.send(topic, List.of("behind it"), Map.of());
            assertThat(clients.committed(topic)).isEmpty();

            transactions("abort", "--topic", topic, "--partition", "0", "--start-offset", "0");

            await().until(() -> clients.committed(topic).equals(List.of("behind it")));
        }
    }

    private static List<String> transactions(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", KafkaTools.SERVERS));
        all.addAll(List.of(arguments));
        Command command = Command.run("", Map.of(), TOOLS.commandLine("TransactionsCommand", all));
        command.requireSuccess();
        return command.lines();
    }

    @Test
    @Operation("TransactionalMessageCopier")
    void copiesInTransactions() throws Exception {
        fill(1_000);
        String output = topic + "-copy";
        clients.createTopic(output, 1);
        Command command = Command.run(
                "",
                Map.of(),
                TOOLS.commandLine(
                        "TransactionalMessageCopier",
                        List.of(
                                "--broker-list",
                                KafkaTools.SERVERS,
                                "--input-topic",
                                topic,
                                "--input-partition",
                                "0",
                                "--output-topic",
                                output,
                                "--consumer-group",
                                topic,
                                "--transaction-size",
                                "50",
                                "--transactional-id",
                                topic,
                                "--enable-random-aborts",
                                "--use-group-metadata")));

        command.requireSuccess();
        List<String> all = IntStream.range(0, 1_000).mapToObj(String::valueOf).toList();
        await().untilAsserted(() -> assertThat(clients.committed(output)).isEqualTo(all));
    }
}
