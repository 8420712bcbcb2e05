package io.tailrace.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.replication.cluster.PartitionAssignment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
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
    void namesThatMetricsCannotDistinguishAreRefused() {
        createAndAwait("access.log", 1);
        assertRefused(
                ErrorCode.INVALID_TOPIC_EXCEPTION,
                "existing topic 'access.log'",
                () -> broker.topics.create("access_log", 1, 1, Map.of()));
    }

    @Test
    void impossibleNumbersAreRefused() {
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
    void anExistingTopicIsNotCreatedAgain() {
        broker.topics.create("web", 1, 1, Map.of());
        assertRefused(ErrorCode.TOPIC_ALREADY_EXISTS, "web exists", () -> broker.topics.create("web", 1, 1, Map.of()));
    }

    @Test
    void unknownTopicsAreRefused() {
        assertRefused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "nope", () -> broker.topics.delete("nope"));
        assertRefused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "nope", () -> broker.topics.grow("nope", 2));
        assertRefused(
                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                "nope",
                () -> broker.topics.configure("nope", configs -> configs));
    }

    @Test
    void namesThatAreNoNodesAreUnknownTopics() {
        broker.topics.create("web", 1, 1, Map.of());
        for (String name : List.of("", ".", "..", "a/b", "web/partitions", "../ids/1", "\u0000", "x".repeat(30_000))) {
            ErrorCode unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
            assertRefused(unknown, "does not exist", () -> broker.topics.delete(name));
            assertRefused(unknown, "does not exist", () -> broker.topics.grow(name, 2));
            assertRefused(unknown, "does not exist", () -> broker.topics.configure(name, configs -> configs));
            assertRefused(unknown, "does not exist", () -> broker.topics.reassign(name, Map.of(0, Optional.empty())));
        }
    }

    @Test
    void anUnreadableTopicIsDeleted() throws Exception {
        for (String name : List.of("a b", "garbled")) {
            broker.curator().create().forPath(ZNodes.topic(name), "{".getBytes(UTF_8));
            await().until(() -> broker.tree.unreadableTopics().contains(name));
            broker.topics.delete(name);
            await().until(() -> broker.topics.topics().isEmpty());
        }
    }

    @Test
    void settingsThatDoNotFitAreRefused() {
        Map<String, String> tooLarge = Map.of("a", "x".repeat(NodeLimits.CONFIG_BYTES_MAX));
        assertRefused(ErrorCode.INVALID_CONFIG, "must fit in", () -> broker.topics.create("web", 1, 1, tooLarge));
        broker.topics.create("web", 1, 1, Map.of("a", "1"));
        assertRefused(
                ErrorCode.INVALID_CONFIG, "must fit in", () -> broker.topics.configure("web", configs -> tooLarge));
        assertRefused(
                ErrorCode.INVALID_CONFIG,
                "must fit in",
                () -> broker.brokerConfigs.configure("1", configs -> tooLarge));
        await().until(() -> broker.image().configs("web").equals(Map.of("a", "1")));
    }

    @Test
    void assignmentsThatDoNotFitAreRefused() {
        List<Integer> brokers =
                IntStream.range(0, 60).map(i -> 999_999_900 + i).boxed().toList();
        SortedMap<Integer, Broker> alive = new TreeMap<>();
        brokers.forEach(
                id -> alive.put(id, new Broker(id, 0, 0, null, List.of(new Endpoint("A", "b", 1)), false, Set.of())));
        ClusterImage image = new ClusterImage("", alive, new TreeMap<>(), Set.of(), 1);
        TopicStore store = new TopicStore(broker.session, () -> image);
        assertRefused(ErrorCode.INVALID_PARTITIONS, "must fit in", () -> store.create("web", 10_000, 60, Map.of()));
        store.create("web", 1_000, 60, Map.of());
        assertRefused(ErrorCode.INVALID_PARTITIONS, "must fit in", () -> store.grow("web", 10_000));
        Map<Integer, Optional<List<Integer>>> targets = new HashMap<>();
        IntStream.range(0, 1_000).forEach(p -> targets.put(p, Optional.of(brokers.subList(0, 1))));
        assertRefused(ErrorCode.INVALID_REPLICA_ASSIGNMENT, "must fit in", () -> store.reassign("web", targets));
        assertThat(broker.session.isConnected()).isTrue();
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
    void settingsAreChangedFromTheirCurrentValues() {
        broker.topics.create("web", 1, 1, Map.of("a", "1", "b", "2"));
        broker.topics.configure("web", configs -> {
            assertThat(configs).isEqualTo(Map.of("a", "1", "b", "2"));
            return Map.of("b", "2", "c", "3");
        });
        await().until(() -> broker.image().configs("web").equals(Map.of("b", "2", "c", "3")));
    }

    @Test
    void concurrentChangesOfSettingsAreKept() {
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
    void noProducerIdIsGivenOutTwice() {
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
    void theClusterIdNeverChanges() {
        String id = ClusterIdentity.readOrCreate(broker.session);
        assertThat(id).hasSize(22);
        assertThat(ClusterIdentity.readOrCreate(broker.session)).isEqualTo(id);
        await().until(() -> broker.image().clusterId().equals(id));
    }
}
