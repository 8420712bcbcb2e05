package io.tailrace.replication.cluster;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Places replicas on brokers. Brokers hold and lead equally many partitions, give or take one. Replicas of a partition are in
 * different racks while there are racks left. The followers of what one broker leads are spread over all others, so that its
 * load spreads when it fails.
 */
public final class ReplicaPlacement {
    private ReplicaPlacement() {}

    /**
     * The replicas of partitions {@code firstPartition} to {@code firstPartition + count} (exclusive).
     *
     * @param brokers the brokers to place on
     * @param replicationFactor 1 to the number of brokers
     * @param seed where to start: a different one for each topic spreads small topics over the cluster
     * @throws IllegalArgumentException if there are too few brokers
     */
    public static List<PartitionAssignment> place(
            Collection<Broker> brokers, int firstPartition, int count, int replicationFactor, int seed) {
        if (replicationFactor < 1 || replicationFactor > brokers.size()) {
            throw new IllegalArgumentException("replication factor must be 1 to " + brokers.size()
                    + ", the number of brokers alive, is " + replicationFactor);
        }
        List<Broker> order = alternatingRacks(brokers);
        List<PartitionAssignment> assignments = new ArrayList<>();
        for (int p = firstPartition; p < firstPartition + count; p++) {
            assignments.add(
                    PartitionAssignment.of(replicas(order, Math.floorMod(seed, order.size()) + p, replicationFactor)));
        }
        return assignments;
    }

    /** The brokers in an order in which neighbours are in different racks where possible. */
    private static List<Broker> alternatingRacks(Collection<Broker> brokers) {
        SortedMap<String, Deque<Broker>> racks = new TreeMap<>();
        brokers.stream().sorted(Comparator.comparingInt(Broker::id)).forEach(b -> racks.computeIfAbsent(
                        b.rack().orElse(""), rack -> new ArrayDeque<>())
                .add(b));
        List<Broker> order = new ArrayList<>();
        while (order.size() < brokers.size()) {
            for (Deque<Broker> rack : racks.values()) {
                if (!rack.isEmpty()) {
                    order.add(rack.remove());
                }
            }
        }
        return order;
    }

    private static List<Integer> replicas(List<Broker> order, int position, int replicationFactor) {
        int size = order.size();
        Broker leader = order.get(position % size);
        List<Broker> chosen = new ArrayList<>(List.of(leader));
        int shift = size == 1 ? 0 : position / size % (size - 1);
        addFollowers(order, position, shift, replicationFactor, chosen, true);
        addFollowers(order, position, shift, replicationFactor, chosen, false);
        return chosen.stream().map(Broker::id).toList();
    }

    private static void addFollowers(
            List<Broker> order,
            int position,
            int shift,
            int replicationFactor,
            List<Broker> chosen,
            boolean otherRacksOnly) {
        int size = order.size();
        for (int i = 0; i < size - 1 && chosen.size() < replicationFactor; i++) {
            Broker candidate = order.get((position + 1 + (shift + i) % (size - 1)) % size);
            boolean rackTaken = chosen.stream().anyMatch(b -> b.rack().equals(candidate.rack()));
            if (!chosen.contains(candidate) && !(otherRacksOnly && rackTaken)) {
                chosen.add(candidate);
            }
        }
    }
}
