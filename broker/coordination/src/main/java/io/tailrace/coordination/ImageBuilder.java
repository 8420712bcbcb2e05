package io.tailrace.coordination;

import io.tailrace.coordination.TreeFollower.Node;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.TopicImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds images from ZooKeeper's nodes. Only nodes that changed are parsed, and only their partitions are rebuilt: an image
 * shares everything else with the previous one. A node that cannot be read, or a topic that no broker could have created, is
 * logged by its path and ignored: the image keeps what it had before. For one thread.
 */
final class ImageBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(ImageBuilder.class);

    private final SortedMap<Integer, Broker> brokers = new TreeMap<>();
    private final Map<String, TopicNode> topicNodes = new HashMap<>();
    private final Map<TopicPartition, PartitionState> states = new HashMap<>();
    private final Map<String, Map<String, String>> configs = new HashMap<>();
    private final Map<String, Map<String, String>> brokerConfigs = new HashMap<>();
    private final Map<String, Map<String, String>> groupConfigs = new HashMap<>();
    private final SortedMap<String, TopicImage> topics = new TreeMap<>();
    private final Set<String> unreadableTopics = new HashSet<>();
    private final Set<String> deleting = new HashSet<>();
    private int controllerId = ClusterImage.NO_CONTROLLER;
    private String clusterId = "";

    /**
     * Builds the next image.
     *
     * @param nodes every node, by path
     * @param changedPaths those that were written or deleted since the previous image
     */
    ClusterImage build(Map<String, Node> nodes, Set<String> changedPaths) {
        Changes changes = new Changes(new HashSet<>(), new HashMap<>());
        for (String path : changedPaths) {
            try {
                take(path, nodes.get(path), changes);
            } catch (IOException | IllegalArgumentException e) {
                LOG.error("Ignoring {}, which cannot be read from ZooKeeper: {}", path, e.getMessage());
                ZNodes.childOf(ZNodes.TOPICS, path).ifPresent(unreadableTopics::add);
            }
        }
        changes.topics().forEach(this::buildTopic);
        changes.partitions().keySet().removeAll(changes.topics());
        changes.partitions().forEach(this::buildPartitions);
        return new ClusterImage(clusterId, brokers, topics, deleting, controllerId, brokerConfigs, groupConfigs);
    }

    /** Topics that exist, but whose nodes are ignored. */
    Set<String> unreadableTopics() {
        return Set.copyOf(unreadableTopics);
    }

    /**
     * What to rebuild.
     *
     * @param topics whole topics
     * @param partitions single partitions, by topic
     */
    private record Changes(Set<String> topics, Map<String, List<Integer>> partitions) {}

    private void take(String path, @Nullable Node node, Changes changes) throws IOException {
        Optional<TopicPartition> partition = ZNodes.partitionOfState(path);
        if (partition.isPresent()) {
            changes.partitions()
                    .computeIfAbsent(partition.get().topic(), topic -> new ArrayList<>())
                    .add(partition.get().partition());
            if (node == null) {
                states.remove(partition.get());
            } else {
                states.put(partition.get(), PartitionStateJson.read(node.data(), node.version()));
            }
            return;
        }
        Optional<String> topic = ZNodes.childOf(ZNodes.TOPICS, path);
        if (topic.isPresent()) {
            changes.topics().add(topic.get());
            if (node == null) {
                topicNodes.remove(topic.get());
            } else {
                topicNodes.put(topic.get(), readTopic(topic.get(), node.data()));
            }
            unreadableTopics.remove(topic.get());
            return;
        }
        Optional<String> configured = ZNodes.childOf(ZNodes.TOPIC_CONFIGS, path);
        if (configured.isPresent()) {
            changes.topics().add(configured.get());
            configs.put(configured.get(), node == null ? Map.of() : ZNodeJson.config(node.data()));
            return;
        }
        takeCluster(path, node);
    }

    /** Refuses what would fail on every broker that holds a replica: a directory of its log could not be named. */
    private static TopicNode readTopic(String name, byte[] data) throws IOException {
        TopicNode node = TopicNode.parse(data);
        if (!TopicNames.isValid(name) || node.partitions().size() > TopicNames.PARTITIONS_MAX) {
            throw new IOException("expected a valid topic name and at most " + TopicNames.PARTITIONS_MAX
                    + " partitions, found " + node.partitions().size() + ": delete the topic");
        }
        return node;
    }

    private void takeCluster(String path, @Nullable Node node) throws IOException {
        Optional<String> broker = ZNodes.childOf(ZNodes.BROKER_IDS, path);
        Optional<String> deletion = ZNodes.childOf(ZNodes.DELETE_TOPICS, path);
        Optional<String> configured = ZNodes.childOf(ZNodes.BROKER_CONFIGS, path);
        Optional<String> group = ZNodes.childOf(ZNodes.GROUP_CONFIGS, path);
        if (broker.isPresent()) {
            int id = Integer.parseInt(broker.get());
            if (node == null) {
                brokers.remove(id);
            } else {
                brokers.put(id, BrokerJson.read(id, node.data(), node.czxid()));
            }
        } else if (deletion.isPresent()) {
            if (node == null) {
                deleting.remove(deletion.get());
            } else {
                deleting.add(deletion.get());
            }
        } else if (configured.isPresent()) {
            if (node == null) {
                brokerConfigs.remove(configured.get());
            } else {
                brokerConfigs.put(configured.get(), Map.copyOf(ZNodeJson.config(node.data())));
            }
        } else if (group.isPresent()) {
            if (node == null) {
                groupConfigs.remove(ZNodes.groupOf(group.get()));
            } else {
                groupConfigs.put(ZNodes.groupOf(group.get()), Map.copyOf(ZNodeJson.config(node.data())));
            }
        } else if (path.equals(ZNodes.CONTROLLER)) {
            controllerId = node == null ? ClusterImage.NO_CONTROLLER : ZNodeJson.controller(node.data());
        } else if (path.equals(ZNodes.CLUSTER_ID) && node != null) {
            clusterId = ZNodeJson.clusterId(node.data());
        }
    }

    private void buildTopic(String name) {
        TopicNode node = topicNodes.get(name);
        if (node == null) {
            topics.remove(name);
            configs.computeIfPresent(name, (topic, config) -> config.isEmpty() ? null : config);
            return;
        }
        TopicImage known = topics.get(name);
        List<PartitionImage> before = known == null ? List.of() : known.partitions();
        List<PartitionImage> partitions = new ArrayList<>();
        for (int i = 0; i < node.partitions().size(); i++) {
            PartitionImage now = new PartitionImage(node.partitions().get(i), states.get(new TopicPartition(name, i)));
            boolean same = i < before.size() && now.equals(before.get(i));
            partitions.add(same ? before.get(i) : now);
        }
        topics.put(name, new TopicImage(name, node.id(), partitions, configs.getOrDefault(name, Map.of())));
    }

    private void buildPartitions(String name, List<Integer> indexes) {
        TopicImage before = topics.get(name);
        if (before == null) {
            return;
        }
        List<PartitionImage> partitions = new ArrayList<>(before.partitions());
        for (int index : indexes) {
            if (index < partitions.size()) {
                PartitionState state = states.get(new TopicPartition(name, index));
                partitions.set(index, new PartitionImage(partitions.get(index).assignment(), state));
            }
        }
        topics.put(name, new TopicImage(name, before.id(), partitions, before.configs()));
    }
}
