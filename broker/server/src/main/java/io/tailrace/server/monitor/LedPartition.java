package io.tailrace.server.monitor;

import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A partition that this broker reports on.
 *
 * @param openOrNull the partition on this broker, if it is open here
 */
record LedPartition(
        String topic,
        int index,
        PartitionImage image,
        @Nullable Partition openOrNull) {

    /**
     * The partitions that a broker leads, in order; none while it is fenced, when another broker may lead them.
     *
     * @param withLeaderless whether to add those without a leader if the broker is the controller
     */
    static List<LedPartition> of(int brokerId, ClusterImage cluster, Partitions partitions, boolean withLeaderless) {
        List<LedPartition> led = new ArrayList<>();
        if (cluster.broker(brokerId).isEmpty()) {
            return led;
        }
        boolean leaderless = withLeaderless && cluster.controllerId() == brokerId;
        for (TopicImage topic : cluster.topics().values()) {
            for (int index = 0; index < topic.partitions().size(); index++) {
                PartitionImage image = topic.partitions().get(index);
                if (image.leader() == brokerId) {
                    led.add(new LedPartition(topic.name(), index, image, partitions.find(topic.name(), index)));
                } else if (leaderless && image.leader() == PartitionState.NO_LEADER) {
                    led.add(new LedPartition(topic.name(), index, image, null));
                }
            }
        }
        return led;
    }

    int replicas() {
        return image.assignment().replicas().size();
    }

    int inSync() {
        return image.state().map(state -> state.isr().size()).orElse(0);
    }

    boolean isUnderReplicated() {
        return inSync() < replicas();
    }

    boolean isLedByPreferred() {
        return image.leader() == image.assignment().replicas().get(0);
    }

    /** How many in-sync replicas it has beyond {@code min.insync.replicas}; 0 while the partition is not open. */
    int spareInSync() {
        return openOrNull == null
                ? 0
                : inSync() - openOrNull.settings().policy().minInsync(replicas());
    }
}
