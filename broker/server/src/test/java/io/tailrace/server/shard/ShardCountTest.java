package io.tailrace.server.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.TopicImage;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ShardCountTest {
    private static final String TOPIC = "__consumer_offsets";
    private static final int CONFIGURED = 50;

    private ClusterImage image = ClusterImage.empty();
    private final ShardCount partitions =
            new ShardCount(() -> image, TOPIC, "offsets.topic.num.partitions", CONFIGURED);

    @Test
    void theSettingCountsUntilTheTopicExists() {
        assertThat(partitions.getAsInt()).isEqualTo(CONFIGURED);
    }

    @Test
    void theTopicCountsWhateverTheSettingSays() {
        image = withOffsetsTopic(4);

        assertThat(partitions.getAsInt()).isEqualTo(4);
    }

    @Test
    void anImageWithoutTheTopicDoesNotMoveGroups() {
        image = withOffsetsTopic(4);
        assertThat(partitions.getAsInt()).isEqualTo(4);
        image = ClusterImage.empty();

        assertThat(partitions.getAsInt()).isEqualTo(4);
    }

    private static ClusterImage withOffsetsTopic(int count) {
        PartitionState state = new PartitionState(1, 1, List.of(new Incarnation(1, 1)), List.of(), 1, 1, 1);
        PartitionImage partition = new PartitionImage(PartitionAssignment.of(List.of(1)), state);
        TopicImage topic = new TopicImage(TOPIC, new UUID(1, 1), Collections.nCopies(count, partition), Map.of());
        return new ClusterImage("cluster", new TreeMap<>(), new TreeMap<>(Map.of(topic.name(), topic)), Set.of(), 1);
    }
}
