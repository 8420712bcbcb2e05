package io.tailrace.replication.cluster;

import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Brokers 1 to 4, registered under 100 to 400, and a controller in epoch 7 that decides about their partitions. */
final class ControlledCluster {
    static final int EPOCH = 7;
    static final TopicPartition FIRST = new TopicPartition("web", 0);

    final SortedMap<Integer, Broker> brokers = new TreeMap<>();
    TopicPolicy policy = new TopicPolicy(2, false);

    ControlledCluster() {
        for (int id = 1; id <= 4; id++) {
            registered(id, id * 100L, Broker.NONE);
        }
    }

    void registered(int id, long epoch, long previousEpoch) {
        brokers.put(id, broker(id, epoch, previousEpoch, false, Set.of()));
    }

    void draining(int id) {
        brokers.put(id, broker(id, id * 100L, Broker.NONE, true, Set.of()));
    }

    /** The broker cannot use its logs of these partitions. */
    void offline(int id, TopicPartition... partitions) {
        brokers.put(id, broker(id, id * 100L, Broker.NONE, false, Set.of(partitions)));
    }

    private static Broker broker(
            int id, long epoch, long previousEpoch, boolean draining, Set<TopicPartition> offline) {
        List<Endpoint> endpoints = List.of(new Endpoint("PLAINTEXT", "host" + id, 9092));
        return new Broker(id, epoch, previousEpoch, null, endpoints, draining, offline);
    }

    static List<Incarnation> members(int... ids) {
        List<Incarnation> members = new ArrayList<>();
        for (int id : ids) {
            members.add(new Incarnation(id, id * 100L));
        }
        return members;
    }

    /** A state in leader epoch 4, at version 9. */
    static PartitionState state(int leader, List<Incarnation> isr, List<Incarnation> lastStanding) {
        int lastLeader = leader == PartitionState.NO_LEADER ? 1 : leader;
        return new PartitionState(leader, 4, isr, lastStanding, lastLeader, 3, 9);
    }

    /** Partitions of a topic, each on 1, 2 and 3. */
    ClusterImage image(PartitionState... states) {
        List<PartitionImage> partitions = new ArrayList<>();
        for (PartitionState state : states) {
            partitions.add(new PartitionImage(PartitionAssignment.of(List.of(1, 2, 3)), state));
        }
        return image(partitions);
    }

    ClusterImage image(List<PartitionImage> partitions) {
        TopicImage topic = new TopicImage("web", new UUID(0, 1), partitions, Map.of());
        return new ClusterImage("c", brokers, new TreeMap<>(Map.of("web", topic)), Set.of(), 1);
    }

    ControllerRules rules() {
        return new ControllerRules(EPOCH, topic -> policy);
    }

    /** What is decided on a partition in this state; the state itself if nothing is. */
    PartitionState decide(PartitionState state) {
        List<StateWrite> writes = rules().decide(image(state));
        return writes.isEmpty() ? state : writes.get(0).next();
    }
}
