package io.tailrace.server.cluster;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Leader;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether the cluster has done its part for a broker that joins, serves or shuts down.
 *
 * @param brokerId the broker's id
 */
record BrokerReadiness(int brokerId) {

    /** Whether the controller has yet to make this incarnation of the broker the leader of some partition. */
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

    /** Why the broker, which is registered, cannot serve all its clients; empty if it can. */
    Optional<String> unreadiness(ClusterImage image, long brokerEpoch, Partitions partitions) {
        if (image.broker(brokerId).isEmpty()) {
            return Optional.of("not in the image of the cluster yet");
        }
        if (image.broker(brokerId).filter(Broker::draining).isPresent()) {
            return Optional.of("handing leadership over to stop");
        }
        Incarnation self = new Incarnation(brokerId, brokerEpoch);
        int opening = 0;
        String first = "";
        for (TopicImage topic : image.topics().values()) {
            for (int index = 0; index < topic.partitions().size(); index++) {
                TopicPartition id = new TopicPartition(topic.name(), index);
                if (!partitions.isUnusable(id) && isOpening(topic.partitions().get(index), self, id, partitions)) {
                    first = opening++ == 0 ? id.toString() : first;
                }
            }
        }
        return opening == 0
                ? Optional.empty()
                : Optional.of(
                        "partitions that this broker should lead are not open: " + opening + ", such as " + first);
    }

    private boolean isOpening(PartitionImage image, Incarnation self, TopicPartition id, Partitions partitions) {
        PartitionState state = image.stateOrNull();
        // A new partition has no state yet; creating a topic must not make all its brokers unready.
        if (state == null || !image.assignment().replicas().contains(brokerId)) {
            return false;
        }
        if (awaitsElection(state, self)) {
            return true;
        }
        Partition open = partitions.find(id.topic(), id.partition());
        return state.leader() == brokerId && (open == null || !(open.replica() instanceof Leader));
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
