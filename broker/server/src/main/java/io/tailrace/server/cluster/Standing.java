package io.tailrace.server.cluster;

import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import java.util.stream.Stream;

/**
 * What the controller has yet to do for a broker that comes or goes.
 *
 * @param brokerId the broker's id
 */
record Standing(int brokerId) {

    /** Whether some partition is to be led by this life of the broker as soon as the controller has seen it. */
    boolean awaitsElection(ClusterImage image, long brokerEpoch) {
        Incarnation now = new Incarnation(brokerId, brokerEpoch);
        return partitions(image)
                .filter(partition -> partition.assignment().replicas().contains(brokerId))
                .anyMatch(partition -> partition
                        .state()
                        .map(state -> awaitsElection(state, now))
                        .orElse(true));
    }

    private static boolean awaitsElection(PartitionState state, Incarnation now) {
        return state.isrIds().contains(now.brokerId())
                && state.leaderIncarnation()
                        .map(leader -> leader.brokerId() == now.brokerId() && !leader.equals(now))
                        .orElse(true);
    }

    /** Whether the broker, which shuts down, is seen to do so, and is missed by nobody. */
    boolean isDrained(ClusterImage image) {
        return image.broker(brokerId).filter(Broker::draining).isPresent() && !isMissed(image);
    }

    /** Whether the broker is in an ISR in which another one would stay: until it has left, acks=all waits for it. */
    private boolean isMissed(ClusterImage image) {
        return partitions(image)
                .flatMap(partition -> partition.state().stream())
                .anyMatch(state -> state.isrIds().contains(brokerId)
                        && state.isrIds().stream()
                                .flatMap(id -> image.broker(id).stream())
                                .anyMatch(broker -> broker.id() != brokerId && !broker.draining()));
    }

    private static Stream<PartitionImage> partitions(ClusterImage image) {
        return image.topics().values().stream().flatMap(topic -> topic.partitions().stream());
    }
}
