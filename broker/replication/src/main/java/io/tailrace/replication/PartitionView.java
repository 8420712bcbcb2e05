package io.tailrace.replication;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionState;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a broker knows about a partition apart from its log: its own registration, the live brokers, and what is agreed on.
 *
 * @param partition the partition
 * @param self this broker's registration; its epoch is {@link Broker#NONE} while the broker is fenced
 * @param brokers the registered brokers by id
 * @param minInsyncReplicas the topic's setting
 * @param agreedOrNull the newest assignment and state read, null while the partition is not assigned to this broker
 */
public record PartitionView(
        TopicPartition partition,
        Incarnation self,
        Map<Integer, Broker> brokers,
        int minInsyncReplicas,
        @Nullable Agreed agreedOrNull) {

    /** What the store has about a partition. */
    public record Agreed(PartitionAssignment assignment, PartitionState state) {}

    /** The newest assignment and state read; empty while the partition is not assigned to this broker. */
    public Optional<Agreed> agreed() {
        return Optional.ofNullable(agreedOrNull);
    }

    Agreed requireAgreed() {
        if (agreedOrNull == null) {
            throw new IllegalStateException(partition + " has a role on broker " + self + " without a state");
        }
        return agreedOrNull;
    }

    PartitionState state() {
        return requireAgreed().state();
    }

    /** How many in-sync replicas it takes to acknowledge, capped by the number of replicas. */
    int minInsync() {
        return Math.min(minInsyncReplicas, requireAgreed().assignment().replicationFactor());
    }

    boolean fenced() {
        return self.brokerEpoch() == Broker.NONE;
    }

    /** Whether this incarnation is registered now. */
    boolean registered(Incarnation incarnation) {
        Broker broker = brokers.get(incarnation.brokerId());
        return broker != null && broker.epoch() == incarnation.brokerEpoch();
    }

    PartitionView withSelf(long brokerEpoch) {
        return new PartitionView(
                partition, new Incarnation(self.brokerId(), brokerEpoch), brokers, minInsyncReplicas, agreedOrNull);
    }

    PartitionView withBrokers(Map<Integer, Broker> newBrokers) {
        return new PartitionView(partition, self, newBrokers, minInsyncReplicas, agreedOrNull);
    }

    PartitionView withMinInsyncReplicas(int newMinInsyncReplicas) {
        return new PartitionView(partition, self, brokers, newMinInsyncReplicas, agreedOrNull);
    }

    PartitionView withAgreed(@Nullable Agreed newAgreed) {
        return new PartitionView(partition, self, brokers, minInsyncReplicas, newAgreed);
    }

    /** This view with the assignment, and with the state if it is newer than the known one. */
    PartitionView read(PartitionAssignment assignment, PartitionState state) {
        PartitionState newest =
                agreedOrNull == null || state.version() > agreedOrNull.state().version() ? state : agreedOrNull.state();
        Agreed next = new Agreed(assignment, newest);
        return next.equals(agreedOrNull) ? this : withAgreed(next);
    }
}
