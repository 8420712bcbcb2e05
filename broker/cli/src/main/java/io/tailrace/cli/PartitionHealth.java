package io.tailrace.cli;

import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.ConfigEntry;
import io.tailrace.client.Reassignment;
import io.tailrace.client.TopicDescription;
import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A partition and the state of its replicas.
 *
 * @param adding replicas that a reassignment adds; they do not count as out of sync
 * @param reassigning whether a reassignment is in progress
 * @param minInsyncReplicas the topic's {@code min.insync.replicas}
 */
record PartitionHealth(
        TopicPartition id,
        TopicDescription.Partition partition,
        List<Integer> adding,
        boolean reassigning,
        int minInsyncReplicas) {

    /** All partitions of the named topics, in order. */
    static List<PartitionHealth> of(ClusterAdmin admin, Collection<String> topics) {
        Map<TopicPartition, Reassignment> reassignments = admin.reassignments();
        Map<String, List<ConfigEntry>> configs = admin.topicConfigs(topics);
        List<PartitionHealth> all = new ArrayList<>();
        new TreeMap<>(admin.describe(topics)).forEach((name, topic) -> {
            int minInsyncReplicas = minInsyncReplicas(configs.getOrDefault(name, List.of()));
            topic.partitions().forEach(partition -> {
                TopicPartition id = new TopicPartition(name, partition.partition());
                @Nullable Reassignment reassignment = reassignments.get(id);
                all.add(new PartitionHealth(
                        id,
                        partition,
                        reassignment == null ? List.of() : reassignment.adding(),
                        reassignment != null,
                        minInsyncReplicas));
            });
        });
        return all;
    }

    private static int minInsyncReplicas(List<ConfigEntry> configs) {
        return ConfigEntry.valueOf(configs, "min.insync.replicas")
                .map(Integer::valueOf)
                .orElse(1);
    }

    /** It has no leader: it can be neither written nor read. */
    boolean unavailable() {
        return partition.leader().isEmpty();
    }

    /** A replica that should be in sync is not. */
    boolean underReplicated() {
        return !outOfSync().isEmpty();
    }

    /** Writes with {@code acks=all} are refused. */
    boolean underMinIsr() {
        int replicas = partition.replicas().size() - adding.size();
        return partition.isr().size() < Math.min(minInsyncReplicas, replicas);
    }

    /** The replicas that should be in sync and are not. */
    List<Integer> outOfSync() {
        return partition.replicas().stream()
                .filter(broker -> !adding.contains(broker))
                .filter(broker -> !partition.isr().contains(broker))
                .toList();
    }
}
