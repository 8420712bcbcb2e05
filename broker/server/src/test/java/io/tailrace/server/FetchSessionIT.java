package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unmodified clients that read hundreds of partitions, in fetch sessions and without. */
class FetchSessionIT {
    private static final List<String> TOPICS = List.of("wide-0", "wide-1", "wide-2");
    private static final String TOPIC = TOPICS.get(0);
    private static final int PARTITIONS_EACH = 70;
    private static final List<TopicPartition> PARTITIONS = TOPICS.stream()
            .flatMap(topic -> IntStream.range(0, PARTITIONS_EACH).mapToObj(index -> new TopicPartition(topic, index)))
            .toList();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000})
    void consumersReadHundredsOfPartitionsWithAnyNumberOfSessions(int slots, @TempDir Path directory) throws Exception {
        try (BrokerFixture broker = new BrokerFixture(
                        directory, Map.of("max.incremental.fetch.session.cache.slots", String.valueOf(slots)));
                Admin admin = broker.admin();
                KafkaProducer<String, String> producer = broker.producer();
                KafkaConsumer<String, String> first = broker.consumer();
                KafkaConsumer<String, String> second = broker.consumer("fetch.max.bytes", "2000")) {
            create(admin, TOPICS);
            first.assign(PARTITIONS);
            second.assign(PARTITIONS);
            Reading one = new Reading(first);
            Reading two = new Reading(second);
            int sent = 0;
            for (int round = 0; round < 20; round++) {
                // At first every partition, then a few of them.
                for (int i = 0; i < PARTITIONS.size(); i += round == 0 ? 1 : 37 + round) {
                    var unused = producer.send(to(PARTITIONS.get(i), String.valueOf(sent++)));
                }
                producer.flush();
                one.awaitRecords(sent);
                two.awaitRecords(sent);
            }
        }
    }

    @Test
    void pausedAndSoughtPartitionsAreReadFromWhereTheClientSays(@TempDir Path directory) throws Exception {
        try (BrokerFixture broker = new BrokerFixture(directory, Map.of());
                Admin admin = broker.admin();
                KafkaProducer<String, String> producer = broker.producer();
                KafkaConsumer<String, String> consumer = broker.consumer()) {
            create(admin, TOPICS);
            consumer.assign(PARTITIONS);
            Reading reading = new Reading(consumer);
            send(producer, 7, "a");
            reading.awaitRecords(1);
            TopicPartition seven = new TopicPartition(TOPIC, 7);
            consumer.pause(List.of(seven));
            send(producer, 7, "b");
            send(producer, 8, "c");
            reading.awaitRecords(2);
            assertThat(reading.next).doesNotContainEntry(seven, 2L);
            consumer.resume(List.of(seven));
            reading.awaitRecords(3);
            consumer.seekToBeginning(List.of(seven));
            reading.next.put(seven, 0L);

            reading.awaitRecords(5);
        }
    }

    private static void send(KafkaProducer<String, String> producer, int partition, String value) {
        var unused = producer.send(new ProducerRecord<>(TOPIC, partition, null, value));
        producer.flush();
    }

    @Test
    void librdkafkaReadsAllPartitionsAndWaitsForMore(@TempDir Path directory) throws Exception {
        boolean installed = List.of(System.getenv("PATH").split(":", -1)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kcat")));
        Assumptions.assumeTrue(installed, "kcat is not on the PATH; install it with: apt-get install kcat");
        try (BrokerFixture broker = new BrokerFixture(directory.resolve("log"), Map.of());
                Admin admin = broker.admin();
                KafkaProducer<String, String> producer = broker.producer()) {
            create(admin, List.of(TOPIC));
            Path out = directory.resolve("out");
            Process kcat = new ProcessBuilder(
                            "kcat",
                            "-b",
                            broker.bootstrap(),
                            "-C",
                            "-t",
                            TOPIC,
                            "-o",
                            "beginning",
                            "-q",
                            "-u",
                            "-f",
                            "%p@%o\\n")
                    .redirectOutput(out.toFile())
                    .start();
            try {
                List<String> expected = new ArrayList<>();
                for (int offset = 0; offset < 3; offset++) {
                    for (int partition = offset; partition < PARTITIONS_EACH; partition += 1 + 20 * offset) {
                        long at = producer.send(new ProducerRecord<>(TOPIC, partition, null, "x"))
                                .get()
                                .offset();
                        expected.add(partition + "@" + at);
                    }
                    await().untilAsserted(() ->
                            assertThat(Files.readAllLines(out)).containsExactlyInAnyOrderElementsOf(expected));
                }
            } finally {
                kcat.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void failoverCostsASessionAndNoRecord(@TempDir Path directory) throws Exception {
        int partitions = 60;
        int killed = 2;
        try (ThreeBrokers brokers = new ThreeBrokers(directory);
                ReplicatedTopics topics = new ReplicatedTopics(brokers);
                KafkaProducer<String, String> producer = topics.producer("all");
                KafkaConsumer<String, String> consumer = topics.consumer()) {
            topics.create(TOPIC, partitions, Map.of("min.insync.replicas", "2"));
            consumer.assign(PARTITIONS.subList(0, partitions));
            Reading reading = new Reading(consumer);
            int sent = 0;
            for (int round = 0; round < 30; round++) {
                if (round == 10) {
                    brokers.kill(killed);
                }
                if (round == 20) {
                    brokers.start(killed);
                }
                for (int partition = round % 7; partition < partitions; partition += 7) {
                    var unused = producer.send(new ProducerRecord<>(TOPIC, partition, null, String.valueOf(sent++)));
                }
                producer.flush();
                reading.awaitRecords(sent);
            }
            topics.awaitInSync(TOPIC, 1, 2, 3);
        }
    }

    private static void create(Admin admin, List<String> topics) throws Exception {
        for (String topic : topics) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS_EACH, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static ProducerRecord<String, String> to(TopicPartition partition, String value) {
        return new ProducerRecord<>(partition.topic(), partition.partition(), null, value);
    }

    /** What a consumer has read: each partition's records in order, none twice. */
    private static final class Reading {
        private final KafkaConsumer<String, String> consumer;
        private final Map<TopicPartition, Long> next = new HashMap<>();
        private int records;

        Reading(KafkaConsumer<String, String> consumer) {
            this.consumer = consumer;
        }

        void awaitRecords(int expected) {
            long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (records < expected && System.nanoTime() < endNanos) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    assertThat(record.offset()).isEqualTo(next.getOrDefault(partition, 0L));
                    next.put(partition, record.offset() + 1);
                    records++;
                }
            }
            assertThat(records).isEqualTo(expected);
        }
    }
}
