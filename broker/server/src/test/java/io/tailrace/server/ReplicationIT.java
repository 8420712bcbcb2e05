package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers, as the processes that they are, and Apache Kafka's clients: what was acknowledged survives. */
class ReplicationIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static ThreeBrokers brokers;
    private static Admin admin;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        brokers = new ThreeBrokers(directory);
        admin = Admin.create(properties("default.api.timeout.ms", "60000", "request.timeout.ms", "2000"));
    }

    @AfterAll
    static void stop() throws Exception {
        admin.close();
        brokers.close();
    }

    @Test
    void whatWasAcknowledgedOutlivesItsLeaderOnceAndInOrder() throws Exception {
        create("acknowledged");
        int leader = leader("acknowledged");
        ConcurrentLinkedQueue<Integer> acknowledged = new ConcurrentLinkedQueue<>();
        AtomicInteger failed = new AtomicInteger();
        try (KafkaProducer<String, String> producer = producer("all")) {
            for (int i = 0; i < 5_000; i++) {
                int number = i;
                var unused =
                        producer.send(new ProducerRecord<>("acknowledged", String.valueOf(i)), (metadata, failure) -> {
                            if (failure == null) {
                                acknowledged.add(number);
                            } else {
                                failed.incrementAndGet();
                            }
                        });
                if (i == 3_000) {
                    await().atMost(PATIENCE).until(() -> acknowledged.size() > 500);
                    brokers.kill(leader);
                }
            }
        }

        assertThat(failed).hasValue(0);
        assertThat(read("acknowledged"))
                .isEqualTo(IntStream.range(0, 5_000).boxed().toList());
        assertThat(leader("acknowledged")).isNotEqualTo(leader);
        brokers.start(leader);
        awaitInSync("acknowledged", 1, 2, 3);
        awaitSameLogs("acknowledged");
    }

    @Test
    void formerLeaderDropsWhatNobodyElseHad() throws Exception {
        create("diverging");
        produce("diverging", "all", 0, 100);
        int leader = leader("diverging");
        List<Integer> others = new ArrayList<>(List.of(1, 2, 3));
        others.remove(Integer.valueOf(leader));
        for (int id : others) {
            brokers.pause(id);
        }
        produce("diverging", "1", 1_000, 1_020);
        brokers.kill(leader);
        for (int id : others) {
            brokers.resume(id);
        }
        await().atMost(PATIENCE).until(() -> others.contains(leader("diverging")));
        produce("diverging", "all", 100, 110);
        brokers.start(leader);

        awaitInSync("diverging", 1, 2, 3);
        awaitSameLogs("diverging");
        // A fetch that was out when its follower was paused may have brought the first of the others.
        List<Integer> read = read("diverging");
        assertThat(read).doesNotContain(1_019);
        assertThat(read.stream().filter(number -> number < 1_000).toList())
                .isEqualTo(IntStream.range(0, 110).boxed().toList());
    }

    @Test
    void slowFollowerLeavesTheIsrAndComesBack() throws Exception {
        create("slow");
        int leader = leader("slow");
        int slow = leader % 3 + 1;
        brokers.pause(slow);
        try {
            // Acknowledged by all that are in sync, so the one that is paused is not among them any more.
            produce("slow", "all", 0, 100);
        } finally {
            brokers.resume(slow);
        }
        awaitInSync("slow", 1, 2, 3);
        awaitSameLogs("slow");
    }

    @Test
    void brokerThatIsStoppedHandsOverAndNoProduceFails() throws Exception {
        create("bounced");
        produce("bounced", "all", 0, 10);
        int leader = leader("bounced");

        assertThat(brokers.stop(leader)).isZero();
        assertThat(leader("bounced")).isNotEqualTo(leader);
        produce("bounced", "all", 10, 20);
        brokers.start(leader);
        awaitInSync("bounced", 1, 2, 3);
        awaitSameLogs("bounced");
    }

    private static void create(String topic) throws Exception {
        NewTopic replicated = new NewTopic(topic, 1, (short) 3).configs(Map.of("min.insync.replicas", "2"));
        // Who is asked may not have seen yet that a broker is back.
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> admin.createTopics(List.of(replicated)).all().get() == null);
        awaitInSync(topic, 1, 2, 3);
    }

    private static TopicPartitionInfo describe(String topic) {
        try {
            return admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .values()
                    .iterator()
                    .next()
                    .partitions()
                    .get(0);
        } catch (Exception e) {
            throw new AssertionError(topic + " cannot be described", e);
        }
    }

    private static int leader(String topic) {
        Node leader = describe(topic).leader();
        return leader == null ? -1 : leader.id();
    }

    private static List<Integer> inSync(String topic) {
        return describe(topic).isr().stream().map(Node::id).toList();
    }

    private static void awaitInSync(String topic, Integer... ids) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(inSync(topic)).containsExactlyInAnyOrder(ids));
    }

    /** A follower's log is its leader's, byte for byte. */
    private static void awaitSameLogs(String topic) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(mismatch(topic, 1, 2)).isEqualTo(-1);
            assertThat(mismatch(topic, 1, 3)).isEqualTo(-1);
        });
    }

    private static long mismatch(String topic, int one, int other) throws IOException {
        String segment = "00000000000000000000.log";
        return Files.mismatch(
                brokers.logOf(one, topic + "-0").resolve(segment),
                brokers.logOf(other, topic + "-0").resolve(segment));
    }

    private static void produce(String topic, String acks, int from, int to) throws Exception {
        try (KafkaProducer<String, String> producer = producer(acks)) {
            for (int i = from; i < to; i++) {
                producer.send(new ProducerRecord<>(topic, String.valueOf(i))).get(60, TimeUnit.SECONDS);
            }
        }
    }

    private static KafkaProducer<String, String> producer(String acks) {
        Properties properties =
                properties("acks", acks, "linger.ms", "1", "retry.backoff.ms", "50", "request.timeout.ms", "3000");
        properties.put("enable.idempotence", String.valueOf(acks.equals("all")));
        return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
    }

    /** Everything below the high watermark. */
    private static List<Integer> read(String topic) {
        List<Integer> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                properties("auto.offset.reset", "earliest"), new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            long end =
                    consumer.endOffsets(List.of(partition)).values().iterator().next();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(partition) < end && System.nanoTime() < deadline) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
                    values.add(Integer.parseInt(each.value()));
                }
            }
        }
        return values;
    }

    private static Properties properties(String... keysAndValues) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", brokers.bootstrap());
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return properties;
    }
}
