package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.FramedAvroDecoder;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
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
    private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(20);
    private static final String LINE = "line %06d of the log";
    private static final int LINE_BYTES = LINE.formatted(0).length() + 1;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    private static final Deque<ChildProcess> processes = new ArrayDeque<>();
    private static String bootstrap = "";
    private static String registry = "";

    @BeforeAll
    static void startCluster() throws Exception {
        ChildProcess zookeeper = start(
                "io.tailrace.server.ZooKeeperCommand",
                "dataDir=" + folder.resolve("zookeeper"),
                "clientPort=0",
                "clientPortAddress=127.0.0.1");
        String zookeeperPort = zookeeper.await("ready on port (\\d+)");
        ChildProcess broker = start(
                "io.tailrace.server.BrokerCommand",
                "broker.id=1",
                "listeners=PLAINTEXT://127.0.0.1:0",
                "zookeeper.connect=127.0.0.1:" + zookeeperPort,
                "log.dirs=" + folder.resolve("broker"));
        bootstrap = "127.0.0.1:" + broker.await("ready on port (\\d+)");
        ChildProcess schemas = start(
                "io.tailrace.schemas.registry.SchemaRegistryCommand",
                "listeners=http://127.0.0.1:0",
                "kafkastore.bootstrap.servers=" + bootstrap);
        registry = "http://127.0.0.1:" + schemas.await("ready on port (\\d+)");
    }

    @AfterAll
    static void stopCluster() throws InterruptedException {
        while (!processes.isEmpty()) {
            processes.pop().kill();
        }
    }

    private static ChildProcess start(String mainClass, String... settings) throws IOException {
        List<String> arguments = new ArrayList<>();
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        ChildProcess process = new ChildProcess(mainClass, "192m", arguments);
        processes.push(process);
        return process;
    }

    private static ChildProcess agent(String topic, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(options));
        for (String setting : List.of(
                "bootstrap.servers=" + bootstrap,
                "schema.registry.url=" + registry,
                "data.dir=" + folder.resolve(topic + "-data"),
                "host=host1",
                "batch.bytes=" + BATCH_BYTES,
                "line.bytes.max=1024",
                "audit.topic=" + topic + "-audit",
                "source.test.paths=" + folder.resolve(topic + ".log"),
                "source.test.format=raw",
                "source.test.topic=" + topic)) {
            arguments.addAll(List.of("--set", setting));
        }
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
    private static List<GenericRecord> read(String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        FramedAvroDecoder decoder = new FramedAvroDecoder(
                new HttpSchemaRegistryClient(URI.create(registry), REGISTRY_TIMEOUT), Optional.empty());
        List<GenericRecord> values = new ArrayList<>();
        try (Consumer consumer = Consumer.create(ConsumerConfig.of(bootstrap))) {
            consumer.assign(List.of(partition));
            consumer.seekToEnd(List.of(partition));
            long end = consumer.position(partition);
            consumer.seekToBeginning(List.of(partition));
            while (consumer.position(partition) < end) {
                for (ConsumerRecord record : consumer.poll(Duration.ofSeconds(1))) {
                    values.add(
                            (GenericRecord) ((FramedAvroDecoder.Decoded.Value) decoder.decode(record.value())).value());
                }
            }
        }
        return values;
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
        try (Consumer consumer = Consumer.create(ConsumerConfig.of(bootstrap))) {
            consumer.assign(List.of(partition));
            consumer.seekToEnd(List.of(partition));
            return consumer.position(partition);
        }
    }

    @Test
    void stoppedAgentContinuesExactlyWhereItWas() throws Exception {
        append("clean", 0, 2_000);
        ChildProcess first = agent("clean");
        Awaitility.await().atMost(60, TimeUnit.SECONDS).ignoreExceptions().until(() -> endOffset("clean") >= 500);
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
    }

    @Test
    void killedAgentLosesNothingAndRepeatsAtMostOneBatch() throws Exception {
        int kills = 3;
        int total = 60_000;
        append("killed", 0, total);
        for (int kill = 1; kill <= kills; kill++) {
            long killAt = (long) total * kill / (kills + 2);
            ChildProcess victim = agent("killed");
            try {
                Awaitility.await()
                        .atMost(60, TimeUnit.SECONDS)
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
        assertThat(repeated).isBetween(0, kills * (BATCH_BYTES / LINE_BYTES + 1));
    }
}
