package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.testing.WaitLimit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.test.TestingServer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker as a process: how it starts, ends, and recovers from {@code kill -9}. */
class BrokerProcessIT {
    private static final String TOPIC = "process";

    private Path directory;
    /** A pipe that nobody reads would stop a broker that logs much. */
    private Path errors;

    private TestingServer zooKeeper;
    private final List<Process> started = new ArrayList<>();

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
    void sigtermStopsTheBrokerWithExitCodeZero() throws Exception {
        Process broker = start(0);
        readyPort(broker);
        broker.destroy();

        assertThat(broker.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(broker.exitValue()).isZero();
        assertThat(directory.resolve(".kafka_cleanshutdown")).exists();
    }

    @Test
    void unknownKeyIsRefusedByNameWithExitCodeTwo() throws Exception {
        Process broker = start(0, "--set", "log.dir=here");

        assertThat(broker.waitFor()).isEqualTo(2);
        assertThat(errors).content().contains("unknown key \"log.dir\"").doesNotContain("\tat ");
    }

    @Test
    void acknowledgedRecordsSurviveSigkillOnceAndInOrder() throws Exception {
        Process broker = start(0);
        int port = readyPort(broker);
        ConcurrentLinkedQueue<Integer> acknowledged = new ConcurrentLinkedQueue<>();
        AtomicInteger failed = new AtomicInteger();
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                properties(port, "linger.ms", "1", "delivery.timeout.ms", "60000", "retry.backoff.ms", "50"),
                new StringSerializer(),
                new StringSerializer())) {
            for (int i = 0; i < 30_000; i++) {
                int number = i;
                var unused = producer.send(new ProducerRecord<>(TOPIC, String.valueOf(i)), (metadata, failure) -> {
                    if (failure == null) {
                        acknowledged.add(number);
                    } else {
                        failed.incrementAndGet();
                    }
                });
                if (i == 20_000) {
                    Awaitility.await().until(() -> acknowledged.size() > 1000);
                    broker.destroyForcibly().waitFor();
                    readyPort(start(port));
                }
            }
        }

        assertThat(failed).hasValue(0);
        List<Integer> read = read(port, 30_000);
        assertThat(read).isSorted().doesNotHaveDuplicates().containsAll(acknowledged);
    }

    private Process start(int port, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerCommand.class.getName(),
                "--set",
                "broker.id=1",
                "--set",
                "listeners=PLAINTEXT://127.0.0.1:" + port,
                "--set",
                "log.dirs=" + directory,
                "--set",
                "log.dir.free.bytes.min=0",
                "--set",
                "zookeeper.connect=" + zooKeeper.getConnectString()));
        command.addAll(List.of(more));
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

    private static List<Integer> read(int port, int count) {
        List<Integer> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                properties(port, "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(TOPIC, 0)));
            long deadline = System.nanoTime() + WaitLimit.WAIT_MAX.toNanos();
            while (values.size() < count && System.nanoTime() < deadline) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
                    values.add(Integer.parseInt(each.value()));
                }
            }
        }
        return values;
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
