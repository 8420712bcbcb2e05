package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientConfig;
import io.tailrace.client.ConfigEntry;
import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.FramedAvroDecoder;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.avro.generic.GenericRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a process, with our broker and registry. */
class AgentProcessIT {
    private static final int BATCH_BYTES = 16 << 10;
    private static final int CHUNKS_IN_FLIGHT_MAX = 4;
    private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(20);
    private static final String LINE = "line %06d of the log";
    private static final int LINE_BYTES = LINE.formatted(0).length() + 1;

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

    private static ChildProcess agent(String topic, String... options) throws IOException {
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

    private static void append(String topic, int from, int to) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int line = from; line < to; line++) {
            text.append(LINE.formatted(line)).append('\n');
        }
        Files.writeString(folder.resolve(topic + ".log"), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Reads a topic's only partition from its beginning to its current end. */
    private static List<AuditOracle.Stored> stored(String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        FramedAvroDecoder decoder = new FramedAvroDecoder(
                new HttpSchemaRegistryClient(cluster.registry(), REGISTRY_TIMEOUT), Optional.empty());
        List<AuditOracle.Stored> stored = new ArrayList<>();
        try (Consumer consumer = Consumer.create(ConsumerConfig.of(cluster.bootstrap()))) {
            consumer.assign(List.of(partition));
            consumer.seekToEnd(List.of(partition));
            long end = consumer.position(partition);
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

    private static List<GenericRecord> read(String topic) throws Exception {
        return stored(topic).stream().map(AuditOracle.Stored::value).toList();
    }

    /** Checks that the audit's counts and sums are those of the distinct lines, and returns the last statement. */
    private static GenericRecord audited(String topic, int lines) throws Exception {
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

    private static String cleanupPolicy(String topic) {
        try (Admin admin = Admin.create(ClientConfig.of(cluster.bootstrap()))) {
            return admin.topicConfig(topic).stream()
                    .filter(entry -> entry.name().equals("cleanup.policy"))
                    .map(ConfigEntry::value)
                    .findFirst()
                    .orElse("");
        }
    }

    private static List<String> lines(String topic) throws Exception {
        return read(topic).stream().map(value -> value.get("line").toString()).toList();
    }

    private static List<String> expected(int count) {
        List<String> lines = new ArrayList<>();
        for (int line = 0; line < count; line++) {
            lines.add(LINE.formatted(line));
        }
        return lines;
    }

    private static long endOffset(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Consumer consumer = Consumer.create(ConsumerConfig.of(cluster.bootstrap()))) {
            consumer.assign(List.of(partition));
            consumer.seekToEnd(List.of(partition));
            return consumer.position(partition);
        }
    }

    @Test
    void stoppedAgentContinuesExactlyWhereItWas() throws Exception {
        append("clean", 0, 2_000);
        ChildProcess first = agent("clean");
        Awaitility.await().ignoreExceptions().until(() -> endOffset("clean") >= 500);
        first.terminate();
        assertThat(first.awaitExit()).isZero();
        append("clean", 2_000, 3_000);
        assertThat(agent("clean", "--once").awaitExit()).isZero();
        assertThat(agent("clean", "--once").awaitExit()).isZero();
        assertThat(lines("clean")).containsExactlyElementsOf(expected(3_000));
        assertThat(read("clean-audit").stream()
                        .mapToLong(count -> (Long) count.get("count"))
                        .sum())
                .isEqualTo(3_000);
        audited("clean", 3_000);
        Path log = folder.resolve("clean.log");
        long size = Files.size(log);
        Files.writeString(log, "no newline", StandardOpenOption.APPEND);
        ChildProcess last = agent("clean", "--once");
        assertThat(last.await("last line has no newline, left for the next run: (.*)"))
                .isEqualTo("source test, " + log + ", from byte " + size);
        assertThat(last.awaitExit()).isZero();
        assertThat(lines("clean")).hasSize(3_000);
    }

    /** As with {@code cat log | tailrace agent --once}: more lines than the agent holds in its memory, and the last one without an end. */
    @Test
    void standardInputIsSentToItsEnd() throws Exception {
        int total = 60_000;
        ChildProcess agent = agent("piped", "--once", "--set", "source.test.paths=-");
        try (OutputStream input = new BufferedOutputStream(agent.input())) {
            for (int line = 0; line < total; line++) {
                input.write((line == 0 ? "" : "\n").getBytes(StandardCharsets.UTF_8));
                input.write(LINE.formatted(line).getBytes(StandardCharsets.UTF_8));
            }
        }
        assertThat(agent.awaitExit()).isZero();
        assertThat(lines("piped")).containsExactlyElementsOf(expected(total));
        assertThat(read("piped"))
                .allSatisfy(value -> assertThat(value.get("file")).hasToString("-"));
        audited("piped", total);
    }

    @Test
    void killedAgentLosesNothingAndRepeatsAtMostFourBatches() throws Exception {
        int kills = 3;
        int total = 60_000;
        append("killed", 0, total);
        for (int kill = 1; kill <= kills; kill++) {
            long killAt = (long) total * kill / (kills + 2);
            ChildProcess victim = agent("killed");
            try {
                Awaitility.await()
                        .pollInterval(20, TimeUnit.MILLISECONDS)
                        .ignoreExceptions()
                        .until(() -> endOffset("killed") >= killAt);
            } finally {
                victim.kill();
            }
        }
        assertThat(agent("killed", "--once").awaitExit()).isZero();
        List<String> lines = lines("killed");
        assertThat(new HashSet<>(lines)).isEqualTo(new HashSet<>(expected(total)));
        int repeated = lines.size() - total;
        System.out.println(kills + " kills repeated " + repeated + " lines of " + total);
        assertThat(repeated).isBetween(0, kills * CHUNKS_IN_FLIGHT_MAX * (BATCH_BYTES / LINE_BYTES + 1));
        GenericRecord last = audited("killed", total);
        assertThat(last.get("stopped")).isEqualTo(true);
        assertThat(last.get("waitingFor").toString()).isEqualTo("[]");
        assertThat(cleanupPolicy("killed-progress")).isEqualTo("compact");
    }
}
