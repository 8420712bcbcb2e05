package io.tailrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.cluster.PartitionAssignment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.test.TestingServer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopicStoreIT {
    private TestingServer zooKeeper;
    private TestBroker broker;

    @BeforeEach
    void start() throws Exception {
        zooKeeper = new TestingServer();
        broker = TestBroker.start(zooKeeper.getConnectString(), 1);
        await().until(() -> broker.image().brokers().size() == 1);
    }

    @AfterEach
    void stop() throws Exception {
        broker.close();
        zooKeeper.close();
    }

    private static void assertRefused(ErrorCode error, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(TopicException.class)
                .hasMessageContaining(message)
                .asInstanceOf(type(TopicException.class))
                .extracting(TopicException::error)
                .isEqualTo(error);
    }

    private void createAndAwait(String topic, int partitions) {
        broker.topics.create(topic, partitions, 1, Map.of());
        await().until(() -> broker.image().topic(topic).isPresent());
    }

    @Test
    void namesMustBeFileNames() {
        for (String name : List.of("", ".", "..", "a/b", "ä", "a b", "x".repeat(250))) {
            assertRefused(
                    ErrorCode.INVALID_TOPIC_EXCEPTION,
                    "topic name must be",
                    () -> broker.topics.create(name, 1, 1, Map.of()));
        }
        broker.topics.create("x".repeat(249), 1, 1, Map.of());
    }

    @Test
    void namesThatMetricsCannotTellApartAreRefused() {
        createAndAwait("access.log", 1);
        assertRefused(
                ErrorCode.INVALID_TOPIC_EXCEPTION,
                "existing topic 'access.log'",
                () -> broker.topics.create("access_log", 1, 1, Map.of()));
    }

    @Test
    void numbersMustBePossible() {
        assertRefused(ErrorCode.INVALID_PARTITIONS, "must be 1 to", () -> broker.topics.create("web", 0, 1, Map.of()));
        assertRefused(
                ErrorCode.INVALID_REPLICATION_FACTOR,
                "must be 1 to 1",
                () -> broker.topics.create("web", 1, 2, Map.of()));
        assertRefused(
                ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                "[7] are not",
                () -> broker.topics.create("web", List.of(PartitionAssignment.of(List.of(7))), Map.of()));
    }

    @Test
    void aTopicExistsOnce() {
        broker.topics.create("web", 1, 1, Map.of());
        assertRefused(ErrorCode.TOPIC_ALREADY_EXISTS, "web exists", () -> broker.topics.create("web", 1, 1, Map.of()));
    }

    @Test
    void whatDoesNotExistCannotBeChanged() {
        assertRefused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "nope", () -> broker.topics.delete("nope"));
        assertRefused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "nope", () -> broker.topics.grow("nope", 2));
        assertRefused(
                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                "nope",
                () -> broker.topics.configure("nope", configs -> configs));
    }

    @Test
    void aTopicOnlyGrows() {
        createAndAwait("web", 2);
        assertRefused(ErrorCode.INVALID_PARTITIONS, "must be 3 to", () -> broker.topics.grow("web", 2));
        broker.topics.grow("web", 5);
        await().until(() ->
                broker.image().topic("web").orElseThrow().partitions().size() == 5);
    }

    @Test
    void settingsAreChangedFromWhatTheyAre() {
        broker.topics.create("web", 1, 1, Map.of("a", "1", "b", "2"));
        broker.topics.configure("web", configs -> {
            assertThat(configs).isEqualTo(Map.of("a", "1", "b", "2"));
            return Map.of("b", "2", "c", "3");
        });
        await().until(() -> broker.image().configs("web").equals(Map.of("b", "2", "c", "3")));
    }

    @Test
    void whatOthersSetMeanwhileIsNotLost() {
        broker.topics.create("web", 1, 1, Map.of());
        AtomicInteger attempts = new AtomicInteger();
        broker.topics.configure("web", configs -> {
            if (attempts.incrementAndGet() == 1) {
                broker.topics.configure("web", before -> Map.of("theirs", "1"));
            }
            Map<String, String> changed = new HashMap<>(configs);
            changed.put("ours", "1");
            return changed;
        });
        await().until(() -> broker.image().configs("web").equals(Map.of("theirs", "1", "ours", "1")));
    }

    @Test
    void producerIdsAreNeverGivenOutTwice() {
        Set<Long> given = ConcurrentHashMap.newKeySet();
        CompletableFuture<?>[] threads = new CompletableFuture<?>[4];
        for (int t = 0; t < threads.length; t++) {
            ProducerIdBlocks blocks = new ProducerIdBlocks(broker.session, t);
            threads[t] = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 2_500; i++) {
                    assertThat(given.add(blocks.next())).isTrue();
                }
            });
        }
        CompletableFuture.allOf(threads).join();
        assertThat(given).hasSize(10_000);
    }

    @Test
    void theClustersIdIsTheSameForEver() {
        String id = ClusterIdentity.readOrCreate(broker.session);
        assertThat(id).hasSize(22);
        assertThat(ClusterIdentity.readOrCreate(broker.session)).isEqualTo(id);
        await().until(() -> broker.image().clusterId().equals(id));
    }
}
