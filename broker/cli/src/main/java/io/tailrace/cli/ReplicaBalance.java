package io.tailrace.cli;

import io.tailrace.config.ConfigException;
import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Places partitions evenly on brokers, moving as few replicas as possible.
 *
 * <p>First, replicas on other brokers are replaced, each by the least loaded broker, preferably in a rack that the
 * partition is not yet in. Then replicas move from brokers that hold at least two more than another broker to that one.
 * Last, preferred leaders are evened out the same way, which copies nothing. Every step makes the shares more even, so the
 * steps end. For one thread.
 */
final class ReplicaBalance {
    private final NavigableMap<Integer, String> racks;
    private final Map<TopicPartition, List<Integer>> placed = new TreeMap<>();
    private final Map<Integer, Integer> held = new TreeMap<>();
    private final Map<Integer, Integer> led = new TreeMap<>();

    /** @param racks the brokers to place on, with the rack of each; empty for none */
    private ReplicaBalance(Map<Integer, String> racks) {
        this.racks = new TreeMap<>(racks);
        racks.keySet().forEach(broker -> {
            held.put(broker, 0);
            led.put(broker, 0);
        });
    }

    /**
     * The new replicas of each partition whose replicas change.
     *
     * @param now the current replicas of all partitions to be placed
     * @param racks the brokers to place on, with the rack of each; empty for none
     * @throws ConfigException if a partition has more replicas than there are brokers
     */
    static Map<TopicPartition, List<Integer>> moves(
            Map<TopicPartition, List<Integer>> now, Map<Integer, String> racks) {
        ReplicaBalance balance = new ReplicaBalance(racks);
        balance.replaceForeign(now);
        balance.evenReplicas();
        balance.evenLeads();
        Map<TopicPartition, List<Integer>> moves = new TreeMap<>(balance.placed);
        moves.entrySet().removeIf(each -> each.getValue().equals(now.get(each.getKey())));
        return moves;
    }

    private void replaceForeign(Map<TopicPartition, List<Integer>> now) {
        new TreeMap<>(now).forEach((partition, replicas) -> {
            if (replicas.size() > racks.size()) {
                throw new ConfigException(partition + " has " + replicas.size() + " replicas: expected at least as many"
                        + " brokers, found " + racks.keySet());
            }
            placed.put(partition, new ArrayList<>(replicas));
            replicas.forEach(broker -> held.computeIfPresent(broker, (id, count) -> count + 1));
        });
        placed.values().forEach(replicas -> {
            for (int i = 0; i < replicas.size(); i++) {
                if (!racks.containsKey(replicas.get(i))) {
                    replace(replicas, i, leastLoaded(replicas));
                }
            }
        });
    }

    private int leastLoaded(List<Integer> replicas) {
        Set<String> taken = new HashSet<>();
        replicas.stream().filter(racks::containsKey).forEach(broker -> taken.add(rackOf(broker)));
        int best = -1;
        for (int broker : racks.keySet()) {
            if (replicas.contains(broker)) {
                continue;
            }
            boolean newRack = !taken.contains(rackOf(broker));
            boolean bestNewRack = best >= 0 && !taken.contains(rackOf(best));
            if (best < 0
                    || (newRack && !bestNewRack)
                    || (newRack == bestNewRack && count(held, broker) < count(held, best))) {
                best = broker;
            }
        }
        return best;
    }

    private void evenReplicas() {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (List<Integer> replicas : placed.values()) {
                for (int i = 0; i < replicas.size(); i++) {
                    for (int broker : racks.keySet()) {
                        if (count(held, replicas.get(i)) >= count(held, broker) + 2
                                && !replicas.contains(broker)
                                && keepsRacks(replicas, i, broker)) {
                            replace(replicas, i, broker);
                            changed = true;
                        }
                    }
                }
            }
        }
    }

    private void evenLeads() {
        placed.values().forEach(replicas -> led.merge(replicas.get(0), 1, Integer::sum));
        boolean changed = true;
        while (changed) {
            changed = false;
            for (List<Integer> replicas : placed.values()) {
                for (int i = 1; i < replicas.size(); i++) {
                    int leader = replicas.get(0);
                    int other = replicas.get(i);
                    if (count(led, leader) >= count(led, other) + 2) {
                        Collections.swap(replicas, 0, i);
                        led.merge(leader, -1, Integer::sum);
                        led.merge(other, 1, Integer::sum);
                        changed = true;
                    }
                }
            }
        }
    }

    private void replace(List<Integer> replicas, int index, int broker) {
        held.computeIfPresent(replicas.get(index), (id, count) -> count - 1);
        held.merge(broker, 1, Integer::sum);
        replicas.set(index, broker);
    }

    private boolean keepsRacks(List<Integer> replicas, int index, int broker) {
        List<Integer> after = new ArrayList<>(replicas);
        after.set(index, broker);
        return rackCount(after) >= rackCount(replicas);
    }

    private long rackCount(List<Integer> replicas) {
        return replicas.stream().map(this::rackOf).distinct().count();
    }

    /** A broker without a rack is a rack of its own. */
    private String rackOf(int broker) {
        String rack = racks.getOrDefault(broker, "");
        return rack.isEmpty() ? "broker " + broker : rack;
    }

    private static int count(Map<Integer, Integer> counts, int broker) {
        return counts.getOrDefault(broker, 0);
    }
}
