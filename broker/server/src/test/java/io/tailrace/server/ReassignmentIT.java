package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.PartitionReassignment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reassignments and elections among three brokers, requested with Apache Kafka's admin client. */
class ReassignmentIT {

    private static ThreeBrokers brokers;
    private static ReplicatedTopics topics;
    private static Admin admin;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        brokers = new ThreeBrokers(directory);
        topics = new ReplicatedTopics(brokers);
        admin = topics.admin();
    }

    @AfterAll
    static void stop() throws Exception {
        topics.close();
        brokers.close();
    }

    @Test
    void partitionMovesUnderLoadAndTheMoveCanBeCancelled() throws Exception {
        // The controller must answer while the target broker is paused.
        int to = admin.describeCluster().controller().get().id() == 3 ? 2 : 3;
        int stays = 5 - to;
        topics.createOn("moving", 1, stays);
        AtomicInteger acknowledged = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        Thread load = new Thread(() -> produce("moving", enough, acknowledged, failed));
        load.start();
        await().until(() -> acknowledged.get() > 100);

        brokers.pause(to);
        try {
            reassign("moving", stays, to);
            assertThat(underWay())
                    .hasToString(
                            "{moving-0=PartitionReassignment(replicas=[%d, %d, 1], addingReplicas=[%d], removingReplicas=[1])}"
                                    .formatted(stays, to, to));
            cancel("moving");
            await().until(() -> underWay().isEmpty());
            await().untilAsserted(() -> assertThat(replicas("moving")).containsExactlyInAnyOrder(1, stays));
        } finally {
            brokers.resume(to);
        }

        int before = acknowledged.get();
        await().until(() -> acknowledged.get() > before + 100);
        // If the session of the broker ended in the pause, the controller refuses the move until the broker has
        // registered again.
        await().untilAsserted(() ->
                assertThatCode(() -> reassign("moving", stays, to)).doesNotThrowAnyException());
        await().until(() -> underWay().isEmpty());
        int after = acknowledged.get();
        await().until(() -> acknowledged.get() > after + 100);
        enough.set(true);
        load.join();

        // The broker that is asked may not have seen the end of the move yet.
        await().untilAsserted(() -> assertThat(replicas("moving")).containsExactly(stays, to));
        await().until(() -> topics.leader("moving") == stays);
        assertThat(failed).hasValue(0);
        assertThat(topics.read("moving"))
                .isEqualTo(IntStream.range(0, acknowledged.get()).boxed().toList());
        await().until(() -> !brokers.hasLog(1, "moving-0"));
        assertThat(brokers.hasLog(to, "moving-0")).isTrue();
    }

    @Test
    void reassignmentThatIsNotInProgressCannotBeCancelled() throws Exception {
        topics.createOn("resting", 1, 2);
        assertThat(causeOf(() -> cancel("resting"))).isInstanceOf(NoReassignmentInProgressException.class);
    }

    @Test
    void returningBrokerDeletesReplicasThatWereMovedAway() throws Exception {
        topics.createOn("left", 1, 2);
        assertThat(brokers.hasLog(1, "left-0")).isTrue();
        brokers.stop(1);
        reassign("left", 2, 3);
        await().until(() -> underWay().isEmpty());
        assertThat(brokers.hasLog(1, "left-0")).isTrue();
        brokers.start(1);
        await().until(() -> !brokers.hasLog(1, "left-0"));
    }

    @Test
    void preferredLeaderLeadsAgainOnRequest() throws Exception {
        topics.createOn("preferring", 1, 2, 3);
        assertThat(topics.leader("preferring")).isEqualTo(1);
        brokers.stop(1);
        await().until(() -> topics.leader("preferring") != 1);
        brokers.start(1);
        topics.awaitInSync("preferring", 1, 2, 3);

        // The controller may not have seen yet that broker 1 is in sync.
        await().untilAsserted(() -> assertThat(elect("preferring")).isEmpty());
        await().until(() -> topics.leader("preferring") == 1);
        assertThat(elect("preferring").orElseThrow()).isInstanceOf(ElectionNotNeededException.class);
    }

    private static TopicPartition partition(String topic) {
        return new TopicPartition(topic, 0);
    }

    private static void reassign(String topic, Integer... replicas) throws Exception {
        alter(topic, Optional.of(new NewPartitionReassignment(List.of(replicas))));
    }

    private static void cancel(String topic) throws Exception {
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

    private static List<Integer> replicas(String topic) {
        return topics.describe(topic).get(0).replicas().stream().map(Node::id).toList();
    }

    private static void produce(String topic, AtomicBoolean enough, AtomicInteger acknowledged, AtomicInteger failed) {
        Semaphore outstanding = new Semaphore(50);
        try (KafkaProducer<String, String> producer = topics.producer("all")) {
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
}
