package io.tailrace.replication.cluster;

import io.tailrace.protocol.TopicPartition;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The cluster as a broker knows it at one moment. Immutable; a newer one replaces it whole.
 *
 * @param clusterId the cluster's id
 * @param brokers the registered brokers by id
 * @param topics by name, those being deleted included
 * @param deleting names of the topics to delete
 * @param controllerId the controller's id, {@link #NO_CONTROLLER} while none is elected
 * @param brokerConfigs dynamic settings of brokers, by id as text or {@link #ALL_BROKERS}
 * @param groupConfigs settings of consumer groups that have some, by group id
 */
public record ClusterImage(
        String clusterId,
        SortedMap<Integer, Broker> brokers,
        SortedMap<String, TopicImage> topics,
        Set<String> deleting,
        int controllerId,
        Map<String, Map<String, String>> brokerConfigs,
        Map<String, Map<String, String>> groupConfigs) {
    /** The controller of a cluster without one. */
    public static final int NO_CONTROLLER = -1;

    /** Key of the settings that apply to every broker without its own. */
    public static final String ALL_BROKERS = "<default>";

    public ClusterImage {
        brokers = Collections.unmodifiableSortedMap(new TreeMap<>(brokers));
        topics = Collections.unmodifiableSortedMap(new TreeMap<>(topics));
        deleting = Set.copyOf(deleting);
        brokerConfigs = Map.copyOf(brokerConfigs);
        groupConfigs = Map.copyOf(groupConfigs);
    }

    /** A cluster whose brokers and groups have no dynamic settings. */
    public ClusterImage(
            String clusterId,
            SortedMap<Integer, Broker> brokers,
            SortedMap<String, TopicImage> topics,
            Set<String> deleting,
            int controllerId) {
        this(clusterId, brokers, topics, deleting, controllerId, Map.of(), Map.of());
    }

    /** A cluster about which nothing is known yet. */
    public static ClusterImage empty() {
        return new ClusterImage("", new TreeMap<>(), new TreeMap<>(), Set.of(), NO_CONTROLLER);
    }

    /** The same cluster without that broker. */
    public ClusterImage withoutBroker(int id) {
        SortedMap<Integer, Broker> others = new TreeMap<>(brokers);
        others.remove(id);
        return new ClusterImage(clusterId, others, topics, deleting, controllerId, brokerConfigs, groupConfigs);
    }

    /** The same cluster with these topics. */
    public ClusterImage withTopics(SortedMap<String, TopicImage> others) {
        return new ClusterImage(clusterId, brokers, others, deleting, controllerId, brokerConfigs, groupConfigs);
    }

    /** The topic, unless it does not exist. */
    public Optional<TopicImage> topic(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    /** The partition, unless it does not exist. */
    public Optional<PartitionImage> partition(TopicPartition partition) {
        return topic(partition.topic())
                .filter(t -> partition.partition() < t.partitions().size())
                .map(t -> t.partitions().get(partition.partition()));
    }

    /** The broker, unless it is not registered. */
    public Optional<Broker> broker(int id) {
        return Optional.ofNullable(brokers.get(id));
    }

    /** The topic's settings, empty for a topic that does not exist. */
    public Map<String, String> configs(String topic) {
        return topic(topic).map(TopicImage::configs).orElse(Map.of());
    }

    /** A consumer group's own settings, empty for a group that has none. */
    public Map<String, String> groupConfig(String group) {
        return groupConfigs.getOrDefault(group, Map.of());
    }

    /** A broker's dynamic settings: its own, and those for all brokers where it has none. */
    public Map<String, String> brokerConfig(int id) {
        Map<String, String> merged = new HashMap<>(brokerConfigs.getOrDefault(ALL_BROKERS, Map.of()));
        merged.putAll(brokerConfigs.getOrDefault(Integer.toString(id), Map.of()));
        return merged;
    }
}
