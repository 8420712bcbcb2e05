package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.curator.test.TestingServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of a broker process while it rewrites segments. */
@Timeout(900)
class CompactionKillIT {
    private static final String TOPIC = "latest";
    private static final int KEYS = 400;
    private static final int RECORDS_PER_ROUND = 8_000;
    private static final int KILLS = 5;

    private Path directory = Path.of("unset");
    /** A pipe that nobody reads would stop a broker that logs much. */
    private Path errors = Path.of("unset");

    private TestingServer zooKeeper;
    private final List<Process> started = new ArrayList<>();
    private final Map<String, Long> offsets = new ConcurrentHashMap<>();
    private final Map<String, String> latest = new HashMap<>();
    private int sent;

    @BeforeEach
    void startZooKeeper(@TempDir Path data) throws Exception {
        directory = data.resolve("logs");
        errors = data.resolve("errors");
        zooKeeper = new TestingServer();
    }

    @AfterEach
    void stopAll() throws Exception {
        started.forEach(Process::destroyForcibly);
        zooKeeper.close();
    }

    @Test
    void theLatestRecordOfEachKeySurvivesAtItsOffset() throws Exception {
        Process broker = start(0);
        int port = readyPort(broker);
        createTopic(port);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                properties(port, "linger.ms", "2", "delivery.timeout.ms", "300000", "compression.type", "lz4"),
                new StringSerializer(),
                new StringSerializer())) {
            for (int kill = 0; kill < KILLS; kill++) {
                produce(producer, RECORDS_PER_ROUND);
                // The compaction of those records may have ended.
                await().pollInterval(Duration.ofMillis(1)).pollInSameThread().until(() -> {
                    produce(producer, KEYS);
                    return isCompacting();
                });
                broker.destroyForcibly().waitFor();
                broker = start(port);
                readyPort(broker);
            }
            produce(producer, RECORDS_PER_ROUND);
        }
        await().until(() -> records(port).size() < sent / 4);

        Map<Long, ConsumerRecord<String, String>> left = records(port);
        Map<String, String> found = new HashMap<>();
        left.forEach((offset, record) -> {
            found.put(record.key(), record.value());
            if (record.value() != null) {
                assertThat(offsets).as(record.value()).containsEntry(record.value(), offset);
            }
        });
        // A tombstone stays for delete.retention.ms, which is a day.
        assertThat(found).isEqualTo(latest);
    }

    /** Whether a segment is being written, or was not renamed yet. */
    private boolean isCompacting() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(TOPIC + "-0"))) {
            return files.anyMatch(file -> file.toString().endsWith(".compacted"));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private void produce(KafkaProducer<String, String> producer, int count) {
        for (int end = sent + count; sent < end; sent++) {
            String key = "key-" + sent * 31 % KEYS;
            String value = sent % 7 == 0 ? null : "value-" + sent + "-" + "x".repeat(50);
            latest.put(key, value);
            var unused = producer.send(new ProducerRecord<>(TOPIC, key, value), (metadata, failure) -> {
                if (failure == null && value != null) {
                    offsets.put(value, metadata.offset());
                }
            });
        }
        producer.flush();
    }

    private static void createTopic(int port) throws Exception {
        NewTopic topic = new NewTopic(TOPIC, 1, (short) 1)
                .configs(Map.of(
                        "cleanup.policy", "compact",
                        "segment.bytes", "20000",
                        "min.cleanable.dirty.ratio", "0.01"));
        try (Admin admin = Admin.create(properties(port))) {
            admin.createTopics(List.of(topic)).all().get();
        }
    }

    /** Reads the topic from its start to the end of its log. */
    private static Map<Long, ConsumerRecord<String, String>> records(int port) {
        Map<Long, ConsumerRecord<String, String>> records = new TreeMap<>();
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties(port), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = Objects.requireNonNull(
                    consumer.endOffsets(List.of(partition)).get(partition));
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> records.put(record.offset(), record));
            }
        }
        return records;
    }

    private Process start(int port) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerCommand.class.getName()));
        Map<String, String> settings = Map.of(
                "broker.id", "1",
                "listeners", "PLAINTEXT://127.0.0.1:" + port,
                "log.dirs", directory.toString(),
                "log.dir.free.bytes.min", "0",
                "log.cleaner.backoff.ms", "1",
                "log.cleaner.io.max.bytes.per.second", "2000000",
                "zookeeper.connect", zooKeeper.getConnectString());
        settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                .start();
        started.add(process);
        return process;
    }

    private int readyPort(Process broker) throws IOException {
        BufferedReader out = new BufferedReader(new InputStreamReader(broker.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.contains("is ready on port ")) {
                return Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        throw new AssertionError("the broker ended before it was ready: " + Files.readString(errors));
    }

    private static Properties properties(int port, String... keysAndValues) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", "127.0.0.1:" + port);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return properties;
    }
}
