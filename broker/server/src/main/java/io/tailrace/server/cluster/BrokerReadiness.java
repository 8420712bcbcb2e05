package io.tailrace.server.cluster;

import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import java.util.stream.Stream;

/**
 * Whether the controller has done its part for a broker that joins or shuts down.
 *
 * @param brokerId the broker's id
 */
record BrokerReadiness(int brokerId) {

    /** Whether the controller will make this incarnation of the broker the leader of some partition, and has not yet. */
    boolean awaitsElection(ClusterImage image, long brokerEpoch) {
        Incarnation self = new Incarnation(brokerId, brokerEpoch);
        return partitions(image)
                .filter(partition -> partition.assignment().replicas().contains(brokerId))
                .anyMatch(partition -> partition
                        .state()
                        .map(state -> awaitsElection(state, self))
                        .orElse(true));
    }

    private static boolean awaitsElection(PartitionState state, Incarnation self) {
        return state.isrIds().contains(self.brokerId())
                && state.leaderIncarnation()
                        .map(leader -> leader.brokerId() == self.brokerId() && !leader.equals(self))
                        .orElse(true);
    }

    /** Whether the broker, which shuts down, is marked as draining and has left every ISR that keeps another member. */
    boolean isDrained(ClusterImage image) {
        return image.broker(brokerId).filter(Broker::draining).isPresent() && !isNeeded(image);
    }

    /** Whether the broker is in an ISR in which another member would stay: acks=all waits for it until it has left. */
    private boolean isNeeded(ClusterImage image) {
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
