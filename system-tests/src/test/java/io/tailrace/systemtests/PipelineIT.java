package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.schemas.FramedAvroDecoder;
import io.tailrace.schemas.FramedAvroDecoder.Decoded;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryClient;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Every line of an access log becomes exactly one row in Hive, through real processes: agent, broker, registry, loader, HDFS
 * and Hive. The log is the one that {@code TAILRACE_ACCESS_LOG} names, otherwise the sample.
 */
@SuppressWarnings("NullAway.Init") // processes are started before all tests
class PipelineIT {
    private static final String TOPIC = "access-log";
    private static final String DEAD_LETTERS = "tailrace-dead-letters";
    private static final String BY_STATUS = "SELECT status, count(*) AS requests FROM access_log GROUP BY status";
    private static final String APPENDED =
            "192.0.2.1 - - [18/May/2015:23:59:59 +0000] \"GET /late HTTP/1.1\" 418 5 \"-\" \"appended/1.0\"\n";

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofOneBroker();

    private static ServerProcess hive;
    private static ServerProcess registry;
    private static String registryUrl;
    private static SchemaRegistryClient schemas;

    private final OurClients ours = new OurClients(CLUSTER::bootstrapServers);
    private int agents;

    @BeforeAll
    static void start() throws Exception {
        Path folder = CLUSTER.folder();
        hive = ServerProcess.start(
                folder.resolve("hive.log"),
                Map.of("TAILRACE_HEAP", "768m"),
                List.of(
                        "hive-sandbox",
                        "--dir",
                        folder.resolve("hive").toString(),
                        "--hdfs-port",
                        "0",
                        "--metastore-port",
                        "0",
                        "--hive-port",
                        "0"));
        registry = ServerProcess.start(
                folder.resolve("schema-registry.log"),
                List.of(
                        "schema-registry",
                        "--set",
                        "kafkastore.bootstrap.servers=" + CLUSTER.bootstrapServers(),
                        "--set",
                        "listeners=http://127.0.0.1:0"));
        registryUrl = "http://127.0.0.1:" + registry.awaitPort();
        schemas = new HttpSchemaRegistryClient(URI.create(registryUrl), Duration.ofSeconds(10));
        new KafkaClients(CLUSTER::bootstrapServers).createTopic(TOPIC, 2);
        new KafkaClients(CLUSTER::bootstrapServers).createTopic(DEAD_LETTERS, 1);
    }

    @AfterAll
    static void stop() {
        registry.close();
        hive.close();
    }

    @Test
    void everyLineBecomesOneRowOrOneDeadLetter() throws Exception {
        Path file = Files.copy(AccessLog.file(), CLUSTER.folder().resolve("access.log"));
        AccessLog log = AccessLog.of(file);

        runAgentUntil(log.lines());
        assertThat(byteOffsets()).as("each line once").isEqualTo(log.byteOffsets());
        assertThat(deadLetters())
                .extracting(letter -> letter.get("line").toString())
                .containsExactlyElementsOf(log.malformed());
        assertThat(deadLetters())
                .allSatisfy(
                        letter -> assertThat(letter.get("reason").toString()).isNotBlank());

        assertThat(load()).isEqualTo(log.wellFormed());
        List<JsonNode> answers = query(BY_STATUS, "SHOW PARTITIONS access_log");
        assertThat(counts(answers.get(0))).isEqualTo(log.byStatus());
        assertThat(answers.get(1))
                .extracting(row -> row.get("partition").asText())
                .containsExactlyElementsOf(log.byHour().keySet());
        assertThat(load()).as("rows of a load without new records").isZero();

        Files.writeString(file, APPENDED, StandardOpenOption.APPEND);
        runAgentUntil(log.lines() + 1);
        assertThat(byteOffsets())
                .as("lines sent after a restart")
                .isEqualTo(AccessLog.of(file).byteOffsets());
        assertThat(load()).as("rows of the appended line").isOne();
        assertThat(counts(query(BY_STATUS).get(0))).isEqualTo(AccessLog.of(file).byStatus());
    }

    /** Runs an agent until {@code lines} lines have arrived, then stops it. */
    private void runAgentUntil(int lines) throws Exception {
        try (ServerProcess agent = ServerProcess.start(
                CLUSTER.folder().resolve("agent.%d.log".formatted(++agents)),
                with(
                        List.of("agent"),
                        Map.of(
                                "data.dir", CLUSTER.folder().resolve("agent").toString(),
                                "source.web.paths",
                                        CLUSTER.folder().resolve("access.log").toString(),
                                "source.web.topic", TOPIC)))) {
            await("the arrival of %d lines".formatted(lines))
                    .pollInterval(Duration.ofMillis(500))
                    .failFast("the agent has ended", agent::hasEnded)
                    .until(() -> ours.count(TOPIC, 2) + ours.count(DEAD_LETTERS, 1) >= lines);
            assertThat(agent.terminate()).as("exit code of the agent").isZero();
        }
    }

    private static List<String> with(List<String> command, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("bootstrap.servers", CLUSTER.bootstrapServers());
        all.put("schema.registry.url", registryUrl);
        List<String> arguments = new ArrayList<>(command);
        all.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        return arguments;
    }

    /** Byte offsets in the file of the lines that arrived, sorted. */
    private List<Long> byteOffsets() {
        return Stream.concat(ours.readAll(TOPIC, 2).stream(), ours.readAll(DEAD_LETTERS, 1).stream())
                .map(record -> (Long) decoded(record).get("byteOffset"))
                .sorted()
                .toList();
    }

    private List<GenericRecord> deadLetters() {
        return ours.readAll(DEAD_LETTERS, 1).stream().map(PipelineIT::decoded).toList();
    }

    /** Decodes a record's value with its schema from the registry. */
    private static GenericRecord decoded(ConsumerRecord record) {
        Decoded decoded = new FramedAvroDecoder(schemas, Optional.empty()).decode(record.value());
        assertThat(decoded)
                .as("record at %d of %s", record.offset(), record.topicPartition())
                .isInstanceOf(Decoded.Value.class);
        return (GenericRecord) ((Decoded.Value) decoded).value();
    }

    /** Runs the loader once and returns the number of rows it reports. */
    private long load() throws Exception {
        Command load = Command.tailrace(with(
                        List.of("load", "--output", "json"),
                        Map.of(
                                "topics",
                                TOPIC,
                                "zookeeper.connect",
                                CLUSTER.zooKeeperAddress(),
                                "output.path",
                                address("fs.defaultFS") + "/tailrace",
                                "hive.metastore.uris",
                                address("hive.metastore.uris")))
                .toArray(String[]::new));
        JsonNode result = new ObjectMapper().readTree(load.requireSuccess()).get(0);
        assertThat(result.get("errors").asLong()).isZero();
        return result.get("rows").asLong();
    }

    private static String address(String name) {
        return hive.awaitOutput(Pattern.compile("^" + Pattern.quote(name) + "=(\\S+)\n", Pattern.MULTILINE))
                .group(1);
    }

    private static Map<String, Long> counts(JsonNode answer) {
        Map<String, Long> requests = new TreeMap<>();
        answer.forEach(row ->
                requests.put(row.get("status").asText(), row.get("requests").asLong()));
        return requests;
    }

    /** Runs statements in one Hive session and returns their results. */
    private static List<JsonNode> query(String... statements) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("hive", "--url", address("hive.jdbc.url"), "--output", "json"));
        Stream.of(statements).forEach(statement -> arguments.addAll(List.of("-e", statement)));
        List<JsonNode> answers = new ArrayList<>();
        for (String line : Command.tailrace(arguments.toArray(String[]::new)).lines()) {
            answers.add(new ObjectMapper().readTree(line));
        }
        return answers;
    }
}
