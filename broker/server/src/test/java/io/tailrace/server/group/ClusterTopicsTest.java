package io.tailrace.server.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordination.ClusterTree;
import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterTopicsTest {
    private static final UUID ID = new UUID(1, 2);

    private final SortedMap<Integer, Broker> brokers = new TreeMap<>();
    private final SortedMap<String, TopicImage> topics = new TreeMap<>();
    private ClusterImage image = ClusterImage.empty();
    private Set<String> unreadable = Set.of();
    private final ClusterTopics cluster = new ClusterTopics(() -> new ClusterTree.Reading(image, unreadable));

    @BeforeEach
    void someCluster() {
        register(1, "east");
        register(2, "west");
        topic("web", ID, List.of(1, 2), List.of(2, 1));
    }

    @Test
    void topicsAreFoundByNameAndId() {
        ClusterSnapshot snapshot = cluster.get();

        assertThat(snapshot.topicNames()).containsExactly("web");
        ClusterSnapshot.Topic topic = snapshot.topic(ID).orElseThrow();
        assertThat(snapshot.topic("web")).contains(topic);
        assertThat(topic.name()).isEqualTo("web");
        assertThat(topic.partitions()).isEqualTo(2);
        assertThat(topic.racks(0)).containsExactlyInAnyOrder("east", "west");
        assertThat(snapshot.topic("none")).isEmpty();
    }

    @Test
    void nothingIsNewWhileTheImageIsTheSame() {
        assertThat(cluster.get()).isSameAs(cluster.get());
    }

    @Test
    void leadersAndBrokersThatLeaveAreNoNews() {
        long version = cluster.get().version();
        PartitionState state = new PartitionState(2, 7, List.of(new Incarnation(2, 5)), List.of(), 2, 1, 9);
        topics.put(
                "web",
                new TopicImage(
                        "web",
                        ID,
                        List.of(
                                new PartitionImage(PartitionAssignment.of(List.of(1, 2)), state),
                                new PartitionImage(PartitionAssignment.of(List.of(2, 1)), state)),
                        Map.of()));
        brokers.remove(1);
        publish();

        assertThat(cluster.get().version()).isEqualTo(version);
        assertThat(cluster.get().topic("web").orElseThrow().racks(0)).containsExactlyInAnyOrder("east", "west");
    }

    @Test
    void topicsPartitionsReplicasAndRacksAreNews() {
        List<Long> versions = new ArrayList<>(List.of(cluster.get().version()));
        topic("web", ID, List.of(1, 2), List.of(2, 1), List.of(1));
        versions.add(cluster.get().version());
        topic("web", ID, List.of(1), List.of(2, 1), List.of(1));
        versions.add(cluster.get().version());
        topic("web", new UUID(3, 4), List.of(1), List.of(2, 1), List.of(1));
        versions.add(cluster.get().version());
        topic("other", new UUID(5, 6), List.of(1));
        versions.add(cluster.get().version());
        register(1, "north");
        versions.add(cluster.get().version());
        topics.remove("web");
        publish();
        versions.add(cluster.get().version());

        assertThat(versions).doesNotHaveDuplicates().isSorted();
        assertThat(cluster.get().topic("other").orElseThrow().racks(0)).containsExactly("north");
        assertThat(cluster.get().topic(ID)).isEmpty();
    }

    @Test
    void aTopicThatCannotBeReadMayExist() {
        unreadable = Set.of("damaged");

        assertThat(cluster.get().mayExist("damaged")).isTrue();
        assertThat(cluster.get().mayExist("web")).isTrue();
        assertThat(cluster.get().mayExist("none")).isFalse();
        assertThat(cluster.get().topic("damaged")).isEmpty();
    }

    private void register(int id, String rack) {
        brokers.put(
                id, new Broker(id, 5, Broker.NONE, rack, List.of(new Endpoint("PLAINTEXT", "h" + id, 9092)), false));
        publish();
    }

    @SafeVarargs
    private void topic(String name, UUID id, List<Integer>... replicas) {
        List<PartitionImage> partitions = new ArrayList<>();
        for (List<Integer> each : replicas) {
            partitions.add(new PartitionImage(PartitionAssignment.of(each), null));
        }
        topics.put(name, new TopicImage(name, id, partitions, Map.of()));
        publish();
    }

    private void publish() {
        image = new ClusterImage("cluster", brokers, topics, Set.of(), 1);
    }
}
