package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.testing.WaitLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Topics on three brokers, as Apache Kafka's clients see them. Methods without a partition mean partition 0. */
final class ReplicatedTopics implements AutoCloseable {

    private final ThreeBrokers brokers;
    private final Admin admin;
    private final Admin reader;

    /** Waits until the brokers know each other: clients learn about all brokers from the first one they ask. */
    ReplicatedTopics(ThreeBrokers brokers) {
        this.brokers = brokers;
        for (int id = 1; id <= 3; id++) {
            int port = brokers.port(id);
            await().until(() -> brokersSeenBy(port) == 3);
        }
        admin = Admin.create(properties());
        // A request to a paused broker is sent to another only after its timeout.
        reader = Admin.create(properties("default.api.timeout.ms", "20000", "request.timeout.ms", "2000"));
    }

    private static int brokersSeenBy(int port) throws IOException {
        try (RawClient client = new RawClient(port)) {
            return client.call(new MetadataRequest(List.of(), false, false, false), MetadataResponse.class)
                    .brokers()
                    .size();
        }
    }

    /** Creates a topic of one partition on all three brokers, two of which must be in sync. */
    void create(String topic) {
        create(topic, 1, Map.of("min.insync.replicas", "2"));
    }

    void create(String topic, int partitions, Map<String, String> configs) {
        create(new NewTopic(topic, partitions, (short) 3).configs(configs));
        awaitInSync(topic, 1, 2, 3);
    }

    /** Creates a topic of one partition on these brokers, the preferred leader first. */
    void createOn(String topic, Integer... replicas) {
        create(new NewTopic(topic, Map.of(0, List.of(replicas))));
        awaitInSync(topic, replicas);
    }

    void create(NewTopic topic) {
        // The broker that is asked may not have seen yet that another one is back.
        await().until(() -> isCreated(topic));
    }

    /** For requests that change something, which must not be repeated because the machine is slow. */
    Admin admin() {
        return admin;
    }

    private boolean isCreated(NewTopic topic) throws InterruptedException {
        try {
            admin.createTopics(List.of(topic)).all().get();
            return true;
        } catch (ExecutionException e) {
            // Created by an earlier try that took longer than the client waited.
            return e.getCause() instanceof TopicExistsException;
        }
    }

    List<TopicPartitionInfo> describe(String topic) {
        return await().until(() -> described(topic), Optional::isPresent).orElseThrow();
    }

    /** Empty if the broker that was asked did not answer in time. */
    private Optional<List<TopicPartitionInfo>> described(String topic) throws Exception {
        try {
            return Optional.of(reader.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .values()
                    .iterator()
                    .next()
                    .partitions());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TimeoutException) {
                return Optional.empty();
            }
            throw new AssertionError(topic + " cannot be described", e);
        }
    }

    static int leader(TopicPartitionInfo partition) {
        Node leader = partition.leader();
        return leader == null ? -1 : leader.id();
    }

    static List<Integer> inSync(TopicPartitionInfo partition) {
        return partition.isr().stream().map(Node::id).toList();
    }

    /** Waits for a leader: the broker that is asked may not have seen the topic, or the end of its leader, yet. */
    int leader(String topic) {
        return await().ignoreExceptionsInstanceOf(AssertionError.class)
                .until(() -> leader(describe(topic).get(0)), id -> id > 0);
    }

    /** Waits until exactly these brokers are in sync, in every partition. */
    void awaitInSync(String topic, Integer... ids) {
        await().untilAsserted(() -> assertThat(describe(topic))
                .allSatisfy(partition -> assertThat(inSync(partition)).containsExactlyInAnyOrder(ids)));
    }

    /** Waits until the followers' logs equal the leader's byte for byte. */
    void awaitSameLogs(String topic) {
        await().untilAsserted(() -> {
            assertThat(mismatch(topic, 1, 2)).isEqualTo(-1);
            assertThat(mismatch(topic, 1, 3)).isEqualTo(-1);
        });
    }

    private long mismatch(String topic, int one, int other) throws IOException {
        String segment = "00000000000000000000.log";
        return Files.mismatch(
                brokers.logOf(one, topic + "-0").resolve(segment),
                brokers.logOf(other, topic + "-0").resolve(segment));
    }

    void produce(String topic, String acks, int from, int to) throws Exception {
        try (KafkaProducer<String, String> producer = producer(acks)) {
            for (int i = from; i < to; i++) {
                producer.send(new ProducerRecord<>(topic, String.valueOf(i))).get(60, TimeUnit.SECONDS);
            }
        }
    }

    KafkaProducer<String, String> producer(String acks) {
        Properties properties =
                properties("acks", acks, "linger.ms", "1", "retry.backoff.ms", "50", "request.timeout.ms", "3000");
        properties.put("enable.idempotence", String.valueOf(acks.equals("all")));
        return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
    }

    /** A consumer that reads from the earliest offset. */
    KafkaConsumer<String, String> consumer() {
        return new KafkaConsumer<>(
                properties("auto.offset.reset", "earliest"), new StringDeserializer(), new StringDeserializer());
    }

    /** All records below the high watermark. */
    List<Integer> read(String topic) {
        List<Integer> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = consumer()) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            long end =
                    consumer.endOffsets(List.of(partition)).values().iterator().next();
            long deadline = System.nanoTime() + WaitLimit.WAIT_MAX.toNanos();
            while (consumer.position(partition) < end && System.nanoTime() < deadline) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
                    values.add(Integer.parseInt(each.value()));
                }
            }
        }
        return values;
    }

    private Properties properties(String... keysAndValues) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", brokers.bootstrap());
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return properties;
    }

    @Override
    public void close() {
        admin.close();
        reader.close();
    }
}
