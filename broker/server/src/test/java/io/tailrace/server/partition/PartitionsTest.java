package io.tailrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.TopicImage;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PartitionsTest {
    private static final UUID FIRST = new UUID(0, 1);
    private static final UUID SECOND = new UUID(0, 2);

    private ClusterImage image = ClusterImage.empty();
    private final Partitions partitions = new Partitions(() -> image);

    @Test
    void namesTopicsByTheIdsOfTheCurrentImage() {
        assertThat(partitions.topicName(FIRST)).isNull();
        image = image("web", FIRST);
        assertThat(partitions.topicName(FIRST)).isEqualTo("web");
        assertThat(partitions.topicName(SECOND)).isNull();
        image = image("web", SECOND);
        assertThat(partitions.topicName(FIRST)).isNull();
        assertThat(partitions.topicName(SECOND)).isEqualTo("web");
    }

    private static ClusterImage image(String topic, UUID id) {
        TopicImage only = new TopicImage(topic, id, List.of(), Map.of());
        return ClusterImage.empty().withTopics(new TreeMap<>(Map.of(topic, only)));
    }
}
