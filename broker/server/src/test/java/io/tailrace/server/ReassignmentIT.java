package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.PartitionReassignment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Partitions that move between three brokers, and leaders that are elected, at the word of Apache Kafka's admin client. */
class ReassignmentIT {
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
    void partitionMovesUnderLoadAndTheMoveMayBeTakenBack() throws Exception {
        // The controller is asked while the broker to move to is paused.
        int to = admin.describeCluster().controller().get().id() == 3 ? 2 : 3;
        int stays = 5 - to;
        create("moving", 1, stays);
        AtomicInteger acknowledged = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        Thread load = new Thread(() -> produce("moving", enough, acknowledged, failed));
        load.start();
        await().atMost(PATIENCE).until(() -> acknowledged.get() > 100);

        brokers.pause(to);
        try {
            reassign("moving", stays, to);
            assertThat(underWay())
                    .hasToString(
                            "{moving-0=PartitionReassignment(replicas=[%d, %d, 1], addingReplicas=[%d], removingReplicas=[1])}"
                                    .formatted(stays, to, to));
            takeBack("moving");
            await().atMost(PATIENCE).until(() -> underWay().isEmpty());
            assertThat(replicas("moving")).containsExactlyInAnyOrder(1, stays);
        } finally {
            brokers.resume(to);
        }

        int before = acknowledged.get();
        await().atMost(PATIENCE).until(() -> acknowledged.get() > before + 100);
        reassign("moving", stays, to);
        await().atMost(PATIENCE).until(() -> underWay().isEmpty());
        int after = acknowledged.get();
        await().atMost(PATIENCE).until(() -> acknowledged.get() > after + 100);
        enough.set(true);
        load.join();

        assertThat(replicas("moving")).containsExactly(stays, to);
        assertThat(leader("moving")).isEqualTo(stays);
        assertThat(failed).hasValue(0);
        assertThat(read("moving"))
                .isEqualTo(IntStream.range(0, acknowledged.get()).boxed().toList());
        await().atMost(PATIENCE).until(() -> !Files.exists(brokers.logOf(1, "moving-0")));
        assertThat(Files.exists(brokers.logOf(to, "moving-0"))).isTrue();
    }

    @Test
    void whatIsNotUnderWayCannotBeTakenBack() throws Exception {
        create("resting", 1, 2);
        assertThat(causeOf(() -> takeBack("resting"))).isInstanceOf(NoReassignmentInProgressException.class);
    }

    @Test
    void brokerThatWasAwayDeletesWhatWentElsewhere() throws Exception {
        create("left", 1, 2);
        assertThat(Files.exists(brokers.logOf(1, "left-0"))).isTrue();
        brokers.stop(1);
        reassign("left", 2, 3);
        await().atMost(PATIENCE).until(() -> underWay().isEmpty());
        assertThat(Files.exists(brokers.logOf(1, "left-0"))).isTrue();
        brokers.start(1);
        await().atMost(PATIENCE).until(() -> !Files.exists(brokers.logOf(1, "left-0")));
    }

    @Test
    void preferredLeaderLeadsAgainOnRequest() throws Exception {
        create("preferring", 1, 2, 3);
        assertThat(leader("preferring")).isEqualTo(1);
        brokers.stop(1);
        await().atMost(PATIENCE).until(() -> leader("preferring") != 1);
        brokers.start(1);
        await().atMost(PATIENCE).until(() -> inSync("preferring").size() == 3);

        assertThat(elect("preferring")).isEmpty();
        assertThat(leader("preferring")).isEqualTo(1);
        assertThat(elect("preferring").orElseThrow()).isInstanceOf(ElectionNotNeededException.class);
    }

    private static TopicPartition partition(String topic) {
        return new TopicPartition(topic, 0);
    }

    private static void create(String topic, Integer... replicas) throws Exception {
        NewTopic created = new NewTopic(topic, Map.of(0, List.of(replicas)));
        // Who is asked may not have seen yet that a broker is back.
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> admin.createTopics(List.of(created)).all().get() == null);
        await().atMost(PATIENCE).until(() -> inSync(topic).size() == replicas.length);
    }

    private static void reassign(String topic, Integer... replicas) throws Exception {
        alter(topic, Optional.of(new NewPartitionReassignment(List.of(replicas))));
    }

    private static void takeBack(String topic) throws Exception {
        alter(topic, Optional.empty());
    }

    private static void alter(String topic, Optional<NewPartitionReassignment> target) throws Exception {
        admin.alterPartitionReassignments(Map.of(partition(topic), target))
                .all()
                .get();
    }

    private static Map<TopicPartition, PartitionReassignment> underWay() throws Exception {
        return admin.listPartitionReassignments().reassignments().get();
    }

    private static Optional<Throwable> elect(String topic) throws Exception {
        return admin.electLeaders(ElectionType.PREFERRED, Set.of(partition(topic)))
                .partitions()
                .get()
                .getOrDefault(partition(topic), Optional.of(new AssertionError("no answer")));
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private static Throwable causeOf(Attempt attempt) throws Exception {
        try {
            attempt.run();
        } catch (ExecutionException e) {
            return e.getCause() == null ? e : e.getCause();
        }
        throw new AssertionError("nothing was refused");
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

    private static List<Integer> replicas(String topic) {
        return describe(topic).replicas().stream().map(Node::id).toList();
    }

    private static List<Integer> inSync(String topic) {
        return describe(topic).isr().stream().map(Node::id).toList();
    }

    private static void produce(String topic, AtomicBoolean enough, AtomicInteger acknowledged, AtomicInteger failed) {
        Properties properties =
                properties("acks", "all", "linger.ms", "1", "retry.backoff.ms", "50", "request.timeout.ms", "3000");
        Semaphore outstanding = new Semaphore(50);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; !enough.get(); i++) {
                outstanding.acquireUninterruptibly();
                var unused = producer.send(new ProducerRecord<>(topic, String.valueOf(i)), (metadata, failure) -> {
                    outstanding.release();
                    if (failure == null) {
                        acknowledged.incrementAndGet();
                    } else {
                        failed.incrementAndGet();
                    }
                });
            }
        }
    }

    /** Everything below the high watermark. */
    private static List<Integer> read(String topic) {
        List<Integer> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                properties("auto.offset.reset", "earliest"), new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = partition(topic);
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
