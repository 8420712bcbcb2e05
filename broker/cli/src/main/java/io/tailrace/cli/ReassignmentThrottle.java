package io.tailrace.cli;

import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.ClusterDescription;
import io.tailrace.client.ConfigEntry;
import io.tailrace.client.Reassignment;
import io.tailrace.protocol.TopicPartition;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Limits the rate at which replicas are moved (KIP-73). Settings of topics name the throttled replicas, settings of brokers
 * the rate. The topics' settings are made first and removed last, so that after an interrupted command they show what is
 * left to remove.
 */
final class ReassignmentThrottle {
    private static final List<String> RATES =
            List.of("leader.replication.throttled.rate", "follower.replication.throttled.rate");
    private static final String LEADER_REPLICAS = "leader.replication.throttled.replicas";
    private static final String FOLLOWER_REPLICAS = "follower.replication.throttled.replicas";

    /** All replicas of a topic, as an operator may have configured. */
    private static final String ALL = "*";

    private final ClusterAdmin admin;

    ReassignmentThrottle(ClusterAdmin admin) {
        this.admin = admin;
    }

    /**
     * Throttles moves: reads from all current replicas, and writes to those that are new or still being added.
     *
     * @param now the current replicas of all partitions that are not being reassigned yet
     * @param moves the replicas after the moves
     */
    void set(long bytesPerSecond, Map<TopicPartition, List<Integer>> now, Map<TopicPartition, List<Integer>> moves) {
        Map<String, Set<String>> read = new TreeMap<>();
        Map<String, Set<String>> written = new TreeMap<>();
        Map<TopicPartition, Reassignment> inProgress = admin.reassignments();
        moves.forEach((partition, target) -> {
            Reassignment moving = inProgress.getOrDefault(
                    partition, new Reassignment(now.getOrDefault(partition, List.of()), List.of(), List.of()));
            List<Integer> replicas = moving.replicas();
            replicas.forEach(broker -> add(read, partition, broker));
            target.stream()
                    .filter(broker ->
                            !replicas.contains(broker) || moving.adding().contains(broker))
                    .forEach(broker -> add(written, partition, broker));
        });
        Map<String, List<ConfigEntry>> configs = admin.topicConfigs(read.keySet());
        read.forEach((topic, replicas) -> {
            List<ConfigEntry> own = configs.getOrDefault(topic, List.of());
            Map<String, Optional<String>> changes = new LinkedHashMap<>();
            changes.put(LEADER_REPLICAS, joined(own, LEADER_REPLICAS, replicas));
            changes.put(FOLLOWER_REPLICAS, joined(own, FOLLOWER_REPLICAS, written.getOrDefault(topic, Set.of())));
            admin.configureTopic(topic, changes);
        });
        configureBrokers(Optional.of(String.valueOf(bytesPerSecond)));
    }

    private static void add(Map<String, Set<String>> replicas, TopicPartition partition, int broker) {
        replicas.computeIfAbsent(partition.topic(), topic -> new LinkedHashSet<>())
                .add(partition.partition() + ":" + broker);
    }

    /** Adds the replicas that an earlier reassignment of the topic has throttled. */
    private static Optional<String> joined(List<ConfigEntry> own, String name, Set<String> replicas) {
        Set<String> all = new LinkedHashSet<>();
        text(own, name).ifPresent(text -> all.addAll(Arrays.asList(text.split(",", -1))));
        all.addAll(replicas);
        if (all.contains(ALL)) {
            return Optional.of(ALL);
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(String.join(",", all));
    }

    private static Optional<String> text(List<ConfigEntry> own, String name) {
        return ConfigEntry.valueOf(own, name).filter(text -> !text.isEmpty());
    }

    /** Removes the settings made by {@link #set} from all topics and brokers. Returns false if there were none. */
    boolean remove() {
        Collection<String> throttled = admin.topicConfigs(admin.topics(true)).entrySet().stream()
                .filter(topic -> text(topic.getValue(), LEADER_REPLICAS).isPresent()
                        || text(topic.getValue(), FOLLOWER_REPLICAS).isPresent())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        if (throttled.isEmpty()) {
            return false;
        }
        configureBrokers(Optional.empty());
        throttled.forEach(topic -> admin.configureTopic(
                topic, Map.of(LEADER_REPLICAS, Optional.empty(), FOLLOWER_REPLICAS, Optional.empty())));
        return true;
    }

    private void configureBrokers(Optional<String> rate) {
        Map<String, Optional<String>> changes = new HashMap<>();
        RATES.forEach(name -> changes.put(name, rate));
        for (ClusterDescription.Node node : admin.cluster().nodes()) {
            admin.configureBroker(node.id(), changes);
        }
    }
}
