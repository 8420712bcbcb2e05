package io.tailrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.replication.Leader;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.TopicImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that holds a partition, and is to create three more when the first changes its leader. */
class ClusterFollowerTest {
    private static final String NEW = "a-new-topic";
    private static final List<Integer> BOTH = List.of(LocalBroker.ID, LocalBroker.OTHER);

    private LocalBroker broker;

    @BeforeEach
    void follow(@TempDir Path directory) throws Exception {
        broker = new LocalBroker(directory);
        broker.follower.follow(LocalBroker.image(1, LocalBroker.OTHER, 1, BOTH));
    }

    @AfterEach
    void stop() throws Exception {
        broker.close();
    }

    private static ClusterImage withNewTopic(ClusterImage image) {
        SortedMap<String, TopicImage> topics = new TreeMap<>(image.topics());
        List<PartitionImage> partitions = LocalBroker.image(3, LocalBroker.ID, 1, BOTH)
                .topic(LocalBroker.TOPIC)
                .orElseThrow()
                .partitions();
        topics.put(NEW, new TopicImage(NEW, new UUID(0, 2), partitions, Map.of()));
        return image.withTopics(topics);
    }

    private long created() {
        return broker.partitions.all().stream()
                .filter(partition -> partition.id().topic().equals(NEW))
                .count();
    }

    @Test
    void aChangeOfLeaderDoesNotWaitForTheCreationOfOtherPartitions() {
        List<Boolean> leads = new ArrayList<>();
        ClusterImage newer = withNewTopic(LocalBroker.image(1, LocalBroker.ID, 2, BOTH));
        ClusterImage unused = broker.follower.follow(newer, () -> {
            leads.add(broker.partition(0).replica() instanceof Leader);
            return false;
        });
        assertThat(leads).containsExactly(true, true, true);
    }

    @Test
    void creationStopsForANewerImageAndContinuesWithIt() {
        ClusterImage shown =
                broker.follower.follow(withNewTopic(LocalBroker.image(1, LocalBroker.OTHER, 1, BOTH)), () -> true);
        assertThat(created()).isOne();
        assertThat(shown.topics()).as("topics that can be used here").containsOnlyKeys(LocalBroker.TOPIC);

        ClusterImage newer = withNewTopic(LocalBroker.image(1, LocalBroker.ID, 2, BOTH));
        shown = broker.follower.follow(newer, () -> true);
        assertThat(broker.partition(0).replica()).isInstanceOf(Leader.class);
        assertThat(created()).isEqualTo(2);
        assertThat(shown.topics()).containsOnlyKeys(LocalBroker.TOPIC);

        shown = broker.follower.follow(newer, () -> true);
        assertThat(created()).isEqualTo(3);
        assertThat(shown).isEqualTo(newer);
    }

    @Test
    void aTopicDeletedDuringItsCreationLeavesNothing() {
        ClusterImage without = LocalBroker.image(1, LocalBroker.OTHER, 1, BOTH);
        ClusterImage unused = broker.follower.follow(withNewTopic(without), () -> true);
        assertThat(broker.follower.follow(without, () -> true)).isEqualTo(without);
        assertThat(created()).isZero();
    }

    @Test
    void partitionsOfATopicThatIsCreatedAgainHaveItsNewId() {
        UUID former = broker.partition(0).topicId();
        UUID current = new UUID(0, 9);
        broker.follower.follow(LocalBroker.image(current, 1, LocalBroker.OTHER, 1, BOTH));

        assertThat(former).isEqualTo(new UUID(0, 1));
        assertThat(broker.partition(0).topicId()).isEqualTo(current);
    }
}
