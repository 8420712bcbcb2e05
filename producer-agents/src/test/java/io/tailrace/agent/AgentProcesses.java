package io.tailrace.agent;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientConfig;
import io.tailrace.client.ConfigEntry;
import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.IsolationLevel;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.FramedAvroDecoder;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Agents as processes, with our broker and registry. Each test has a topic, an agent and a log of its own. */
abstract class AgentProcesses {
    static final int BATCH_BYTES = 16 << 10;
    private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(20);
    static final String LINE = "line %06d of the log";
    static final int LINE_BYTES = LINE.formatted(0).length() + 1;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static TestCluster cluster;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = TestCluster.start(folder);
    }

    @AfterAll
    static void stopCluster() throws InterruptedException {
        cluster.close();
    }

    static ChildProcess agent(String topic, String... options) throws IOException {
        List<String> arguments = new ArrayList<>();
        for (String setting : List.of(
                "bootstrap.servers=" + cluster.bootstrap(),
                "schema.registry.url=" + cluster.registry(),
                "data.dir=" + folder.resolve(topic + "-data"),
                "host=host1",
                "batch.bytes=" + BATCH_BYTES,
                "line.bytes.max=1024",
                "audit.topic=" + topic + "-audit",
                "audit.progress.topic=" + topic + "-progress",
                "audit.interval.ms=500",
                "source.test.paths=" + folder.resolve(topic + ".log"),
                "source.test.format=raw",
                "source.test.topic=" + topic)) {
            arguments.addAll(List.of("--set", setting));
        }
        arguments.addAll(List.of(options));
        return new ChildProcess("io.tailrace.agent.AgentCommand", "128m", arguments);
    }

    static void append(String topic, int from, int to) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int line = from; line < to; line++) {
            text.append(LINE.formatted(line)).append('\n');
        }
        Files.writeString(folder.resolve(topic + ".log"), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Reads what is committed in a topic's only partition, from its beginning to its current end. */
    static List<AuditOracle.Stored> stored(String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        FramedAvroDecoder decoder = new FramedAvroDecoder(
                new HttpSchemaRegistryClient(cluster.registry(), REGISTRY_TIMEOUT), Optional.empty());
        List<AuditOracle.Stored> stored = new ArrayList<>();
        long end = endOffset(topic);
        ConsumerConfig config = ConsumerConfig.builder(cluster.bootstrap())
                .isolation(IsolationLevel.READ_COMMITTED)
                .build();
        try (Consumer consumer = Consumer.create(config)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (consumer.position(partition) < end) {
                for (ConsumerRecord record : consumer.poll(Duration.ofSeconds(1))) {
                    byte[] bytes = Objects.requireNonNull(record.value());
                    GenericRecord value =
                            (GenericRecord) ((FramedAvroDecoder.Decoded.Value) decoder.decode(bytes)).value();
                    stored.add(new AuditOracle.Stored(topic, record.timestampMs(), bytes, value));
                }
            }
        }
        return stored;
    }

    static List<GenericRecord> read(String topic) throws Exception {
        return stored(topic).stream().map(AuditOracle.Stored::value).toList();
    }

    /** Checks that the audit's counts and sums are those of the distinct lines, and returns the last statement. */
    static GenericRecord audited(String topic, int lines) throws Exception {
        AuditOracle.Topics topics =
                new AuditOracle.Topics(topic, "tailrace-dead-letters", topic + "-audit", topic + "-progress");
        List<AuditOracle.Stored> all = new ArrayList<>(stored(topic));
        all.addAll(stored(topics.counts()));
        List<AuditOracle.Stored> statements = stored(topics.progress());
        all.addAll(statements);
        new AuditOracle(topics, all).check(lines);
        return statements.stream()
                .map(AuditOracle.Stored::value)
                .filter(statement -> statement.get("topic").toString().equals(topic))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    static String cleanupPolicy(String topic) {
        try (Admin admin = Admin.create(ClientConfig.of(cluster.bootstrap()))) {
            return admin.topicConfig(topic).stream()
                    .filter(entry -> entry.name().equals("cleanup.policy"))
                    .map(ConfigEntry::value)
                    .findFirst()
                    .orElse("");
        }
    }

    static List<String> lines(String topic) throws Exception {
        return read(topic).stream().map(value -> value.get("line").toString()).toList();
    }

    static List<String> expected(int count) {
        List<String> lines = new ArrayList<>();
        for (int line = 0; line < count; line++) {
            lines.add(LINE.formatted(line));
        }
        return lines;
    }

    static long endOffset(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Consumer consumer = Consumer.create(ConsumerConfig.of(cluster.bootstrap()))) {
            consumer.assign(List.of(partition));
            consumer.seekToEnd(List.of(partition));
            return consumer.position(partition);
        }
    }
}
