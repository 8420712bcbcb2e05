package io.tailrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.partition.Partitions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BrokerReadinessTest {
    private static final long EPOCH = 7;
    private static final Incarnation SELF = new Incarnation(1, EPOCH);
    private static final Incarnation OTHER = new Incarnation(2, 5);

    private final BrokerReadiness readiness = new BrokerReadiness(1);
    private final Partitions partitions = new Partitions(ClusterImage::empty);
    private boolean draining;

    private ClusterImage image(@Nullable PartitionState... states) {
        TreeMap<String, TopicImage> topics = new TreeMap<>();
        for (int i = 0; i < states.length; i++) {
            PartitionImage partition = new PartitionImage(PartitionAssignment.of(List.of(1, 2)), states[i]);
            topics.put("t" + i, new TopicImage("t" + i, new UUID(0, i), List.of(partition), Map.of()));
        }
        Broker self =
                new Broker(1, EPOCH, Broker.NONE, null, List.of(new Endpoint("PLAINTEXT", "h", 1)), draining, Set.of());
        return new ClusterImage("c", new TreeMap<>(Map.of(1, self)), topics, Set.of(), 1);
    }

    private static PartitionState ledBy(int leader, Incarnation... isr) {
        return new PartitionState(leader, 3, List.of(isr), List.of(), leader, 1, 1);
    }

    private String reason(ClusterImage image) {
        return readiness.unreadiness(image, EPOCH, partitions).orElse("ready");
    }

    @Test
    void aBrokerThatIsNotInTheImageIsNotReady() {
        assertThat(reason(ClusterImage.empty())).isEqualTo("not in the image of the cluster yet");
    }

    @Test
    void aBrokerThatNeedLeadNothingIsReady() {
        assertThat(reason(image())).isEqualTo("ready");
        assertThat(reason(image(ledBy(2, OTHER, SELF)))).isEqualTo("ready");
    }

    @Test
    void aNewPartitionDoesNotMakeItUnready() {
        assertThat(reason(image((PartitionState) null))).isEqualTo("ready");
    }

    @Test
    void partitionsThatItLeadsMustBeOpen() {
        assertThat(reason(image(ledBy(1, SELF), ledBy(2, OTHER), ledBy(1, SELF, OTHER))))
                .isEqualTo("partitions that this broker should lead are not open: 2, such as t0-0");
    }

    @Test
    void partitionsThatOnlyItCanLeadMustBeElected() {
        Incarnation before = new Incarnation(1, EPOCH - 1);
        assertThat(reason(image(ledBy(PartitionState.NO_LEADER, before))))
                .isEqualTo("partitions that this broker should lead are not open: 1, such as t0-0");
    }

    @Test
    void aPartitionWhoseLogCannotBeUsedIsNotWaitedFor() {
        partitions.markUnusable(new TopicPartition("t0", 0));

        assertThat(reason(image(ledBy(1, SELF)))).isEqualTo("ready");
    }

    @Test
    void aBrokerThatStopsIsNotReady() {
        draining = true;

        assertThat(reason(image())).isEqualTo("handing leadership over to stop");
    }
}
