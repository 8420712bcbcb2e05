package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.testing.WaitLimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consumers that read from a follower in their rack (KIP-392). Brokers 1 and 2 are in rack west, broker 3 is in rack east. */
class FollowerFetchingIT {
    private static final String TOPIC = "near";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final int VALUE_BYTES = 10_000;
    private static final int RECORDS = 100;

    private ThreeBrokers brokers;
    private ReplicatedTopics topics;

    @BeforeEach
    void produce(@TempDir Path directory) throws Exception {
        brokers = new ThreeBrokers(
                directory,
                Map.of("replica.selector.class", "org.apache.kafka.common.replica.RackAwareReplicaSelector"));
        topics = new ReplicatedTopics(brokers);
        topics.createOn(TOPIC, 1, 3, 2);
        produce(0);
        topics.awaitInSync(TOPIC, 1, 3, 2);
    }

    @AfterEach
    void stop() throws Exception {
        topics.close();
        brokers.close();
    }

    @Test
    void javasConsumerReadsFromTheFollowerInItsRackAndGoesOnWhenThatDies() throws Exception {
        try (KafkaConsumer<String, String> consumer = consumer("east")) {
            List<Long> offsets = read(consumer, RECORDS);
            assertThat(bytesFrom(consumer, 3)).isGreaterThan((double) RECORDS * VALUE_BYTES);
            assertThat(bytesFrom(consumer, 1)).isLessThan((double) VALUE_BYTES);

            produce(RECORDS);
            offsets.addAll(read(consumer, RECORDS));
            assertThat(bytesFrom(consumer, 3)).isGreaterThan(2.0 * RECORDS * VALUE_BYTES);

            brokers.kill(3);
            produce(2 * RECORDS);
            offsets.addAll(read(consumer, RECORDS));
            assertThat(bytesFrom(consumer, 1)).isGreaterThan((double) RECORDS * VALUE_BYTES);
            assertThat(offsets).isEqualTo(firstOffsets(3 * RECORDS));
        }
    }

    @Test
    void consumersInTheLeadersRackOrInNoneReadFromTheLeader() {
        for (String rack : List.of("west", "", "north")) {
            try (KafkaConsumer<String, String> consumer = consumer(rack)) {
                read(consumer, RECORDS);
                assertThat(bytesFrom(consumer, 1)).isGreaterThan((double) RECORDS * VALUE_BYTES);
                assertThat(bytesFrom(consumer, 2) + bytesFrom(consumer, 3)).isLessThan((double) VALUE_BYTES);
            }
        }
    }

    @Test
    void ourConsumerReadsFromTheFollowerThoughTheLeaderHangs() throws Exception {
        ConsumerConfig config =
                ConsumerConfig.parse(Map.of("bootstrap.servers", brokers.bootstrap(), "client.rack", "east"));
        try (Consumer consumer = Consumer.create(config)) {
            consumer.assign(List.of(new io.tailrace.protocol.TopicPartition(TOPIC, 0)));
            consumer.seek(new io.tailrace.protocol.TopicPartition(TOPIC, 0), RECORDS - 1L);
            assertThat(read(consumer, 1)).containsExactly(RECORDS - 1L);
            brokers.pause(1);
            consumer.seek(new io.tailrace.protocol.TopicPartition(TOPIC, 0), 0);
            assertThat(read(consumer, RECORDS)).isEqualTo(firstOffsets(RECORDS));
        } finally {
            brokers.resume(1);
        }
    }

    @Test
    void librdkafkaReadsFromTheFollowerInItsRack(@TempDir Path directory) throws Exception {
        boolean installed = List.of(System.getenv("PATH").split(":", -1)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kcat")));
        Assumptions.assumeTrue(installed, "kcat is not on the PATH; install it with: apt-get install kcat");
        Path out = directory.resolve("out");
        Path log = directory.resolve("log");
        Process kcat = new ProcessBuilder(
                        List.of(("kcat -C -q -t near -p 0 -o beginning -X client.rack=east -d fetch -f %o\\n -c "
                                        + RECORDS + " -b " + brokers.bootstrap())
                                .split(" ", -1)))
                .redirectOutput(out.toFile())
                .redirectError(log.toFile())
                .start();
        try {
            assertThat(kcat.waitFor(WaitLimit.WAIT_MAX.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } finally {
            kcat.destroyForcibly();
        }
        assertThat(Files.readAllLines(out))
                .isEqualTo(firstOffsets(RECORDS).stream().map(String::valueOf).toList());
        assertThat(Files.readAllLines(log))
                .as("fetches sent to broker 3")
                .anyMatch(line -> line.contains("/3: Fetch topic near [0] at offset"));
    }

    @Test
    void metadataHasTheRackOfEachBroker() throws Exception {
        Map<Integer, String> racks = new HashMap<>();
        try (RawClient client = new RawClient(brokers.port(2))) {
            client.call(new MetadataRequest(List.of(), false, false, false), MetadataResponse.class)
                    .brokers()
                    .forEach(broker -> racks.put(broker.nodeId(), broker.rack()));
        }
        assertThat(racks).isEqualTo(Map.of(1, "west", 2, "west", 3, "east"));
    }

    private void produce(int from) throws Exception {
        try (KafkaProducer<String, String> producer = topics.producer("all")) {
            for (int i = from; i < from + RECORDS; i++) {
                var unused = producer.send(new ProducerRecord<>(TOPIC, "x".repeat(VALUE_BYTES)));
            }
        }
    }

    private KafkaConsumer<String, String> consumer(String rack) {
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", brokers.bootstrap(), "auto.offset.reset", "none", "client.rack", rack),
                new StringDeserializer(),
                new StringDeserializer());
        consumer.assign(List.of(PARTITION));
        consumer.seek(PARTITION, 0);
        return consumer;
    }

    private static List<Long> read(KafkaConsumer<String, String> consumer, int records) {
        List<Long> offsets = new ArrayList<>();
        await().until(() -> {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                offsets.add(record.offset());
            }
            return offsets.size() >= records;
        });
        return offsets;
    }

    private static List<Long> read(Consumer consumer, int records) {
        List<Long> offsets = new ArrayList<>();
        await().until(() -> {
            consumer.poll(Duration.ofMillis(200)).forEach(record -> offsets.add(record.offset()));
            return offsets.size() >= records;
        });
        return offsets;
    }

    private static List<Long> firstOffsets(int count) {
        return IntStream.range(0, count).mapToObj(Long::valueOf).toList();
    }

    /** What the consumer has received from a broker, by its own count. */
    private static double bytesFrom(KafkaConsumer<String, String> consumer, int broker) {
        return consumer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("incoming-byte-total")
                        && ("node-" + broker).equals(metric.metricName().tags().get("node-id")))
                .mapToDouble(metric -> (double) metric.metricValue())
                .sum();
    }
}
