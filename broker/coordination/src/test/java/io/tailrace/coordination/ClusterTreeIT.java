package io.tailrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionAssignment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which images a follower of the tree receives, and how many. */
class ClusterTreeIT {
    private TestingServer zooKeeper;
    private TestBroker writer;
    private TestBroker reader;
    private final List<ClusterImage> images = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        zooKeeper = new TestingServer();
        writer = TestBroker.start(zooKeeper.getConnectString(), 1);
        reader = TestBroker.idle(zooKeeper.getConnectString(), 2, "none");
        reader.startTree();
        reader.tree.listen(images::add);
        await().until(() -> !images.isEmpty() && writer.image().brokers().size() == 1);
    }

    @AfterEach
    void stop() throws Exception {
        reader.close();
        writer.close();
        zooKeeper.close();
    }

    private void createTopic(String topic) {
        writer.topics.create(topic, List.of(PartitionAssignment.of(List.of(1))), Map.of("min.insync.replicas", "2"));
    }

    @Test
    void aTopicAndItsSettingsAppearTogether() {
        for (int i = 0; i < 100; i++) {
            createTopic("topic-" + i);
        }
        await().until(() -> reader.image().topics().size() == 100);
        for (ClusterImage image : images) {
            assertThat(image.topics().values())
                    .allSatisfy(t -> assertThat(t.configs()).containsEntry("min.insync.replicas", "2"));
        }
    }

    @Test
    void manyChangesComeAsFewImages() throws Exception {
        createTopic("web");
        await().until(() -> reader.image().topic("web").isPresent());
        int before = images.size();
        for (int i = 0; i < 500; i++) {
            writer.curator()
                    .setData()
                    .inBackground()
                    .forPath(ZNodes.config("web"), ZNodeJson.config(Map.of("retention.ms", Integer.toString(i))));
        }
        await().until(() -> reader.image().configs("web").containsValue("499"));
        assertThat(images.size() - before).isLessThan(500);
    }

    /** Their names take more than the mebibyte that ZooKeeper's client accepts by default. */
    @Test
    void thousandsOfTopicsWithLongNamesAreRead() throws Exception {
        int count = 4_500;
        byte[] topic = new TopicNode(new UUID(0, 1), List.of(PartitionAssignment.of(List.of(9)))).toJson();
        String prefix = "x".repeat(TopicNames.LENGTH_MAX - 4);
        for (int i = 0; i < count; i++) {
            writer.curator().create().inBackground().forPath(ZNodes.topic(prefix + (1_000 + i)), topic);
        }
        await().until(() -> writer.image().topics().size() == count);
        try (TestBroker late = TestBroker.idle(zooKeeper.getConnectString(), 3, "none")) {
            late.startTree();
            assertThat(late.image().topics()).hasSize(count);
        }
    }

    @Test
    void laterImagesAreNeverOlder() throws Exception {
        createTopic("web");
        for (int i = 1; i <= 50; i++) {
            Map<String, String> configs = Map.of("retention.ms", Integer.toString(i));
            writer.topics.configure("web", before -> configs);
        }
        await().until(() -> reader.image().configs("web").containsValue("50"));
        List<Integer> seen = images.stream()
                .map(image -> image.configs("web").get("retention.ms"))
                .filter(value -> value != null)
                .map(Integer::parseInt)
                .toList();
        assertThat(seen).isSorted();
    }

    @Test
    void changesDuringALostSessionAreReadAfterIt() throws Exception {
        createTopic("gone");
        createTopic("stays");
        await().until(() -> reader.image().topics().size() == 2);
        reader.expireSession();
        writer.topics.delete("gone");
        createTopic("new");
        await().until(() -> List.copyOf(reader.image().topics().keySet()).equals(List.of("new", "stays")));
    }

    @Test
    void anUnreadableNodeKeepsItsLastVersionInTheImage() throws Exception {
        createTopic("web");
        await().until(() -> reader.image().topic("web").isPresent());
        writer.curator().setData().forPath(ZNodes.topic("web"), "{".getBytes(StandardCharsets.UTF_8));
        createTopic("next");
        await().until(() -> reader.image().topic("next").isPresent());
        assertThat(reader.image().topic("web").orElseThrow().partitions()).hasSize(1);
        assertThat(reader.tree.unreadableTopics()).containsExactly("web");
    }

    @Test
    void aFailingListenerDoesNotStopOtherListeners() {
        reader.tree.listen(image -> {
            throw new IllegalStateException("a listener that fails on purpose");
        });
        createTopic("web");
        await().until(() -> images.get(images.size() - 1).topic("web").isPresent());
    }

    /** The session continues, so no event reports what was deleted meanwhile. */
    @Test
    void nodesDeletedDuringALostConnectionAreRemoved() throws Exception {
        try (Gate gate = new Gate(zooKeeper.getPort());
                TestBroker cutOff = TestBroker.idle(gate.connect(), 3, "none")) {
            cutOff.startTree();
            long session = cutOff.sessionId();
            createTopic("gone");
            createTopic("stays");
            writer.brokerConfigs.configure("7", before -> Map.of("a", "1"));
            await().until(() -> cutOff.image().topics().size() == 2
                    && cutOff.image().brokerConfig(7).containsKey("a"));

            gate.shut();
            await().until(() -> !cutOff.session.isConnected());
            writer.topics.delete("gone");
            writer.curator().delete().forPath(ZNodes.brokerConfig("7"));
            await().until(() -> writer.image().topics().size() == 1
                    && writer.image().deleting().isEmpty());
            assertThat(cutOff.image().topics()).hasSize(2);

            gate.open();
            await().until(() -> cutOff.image().topics().keySet().equals(Set.of("stays"))
                    && cutOff.image().deleting().isEmpty()
                    && cutOff.image().brokerConfig(7).isEmpty());
            assertThat(cutOff.sessionId()).isEqualTo(session);
        }
    }
}
