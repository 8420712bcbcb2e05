package io.tailrace.coordination;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.ReplicaPlacement;
import io.tailrace.replication.cluster.TopicImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.common.PathUtils;
import org.apache.zookeeper.data.Stat;

/**
 * Creates, grows, reassigns, deletes and configures topics. A change is stored when its method returns; it is in force once an
 * image shows it, and a new partition once it has a leader there.
 *
 * <p>Every change is one transaction, conditional on what it replaces, so any broker may make it. A change that is refused with a
 * {@link TopicException} wrote nothing. Calls block: not for an event loop. Thread-safe.
 */
public final class TopicStore {
    private static final byte[] NOTHING = new byte[0];

    private final ZooKeeperSession session;
    private final CuratorFramework curator;
    private final ConditionalWrites writes;
    private final Supplier<ClusterImage> images;

    /** @param images the newest image: {@code tree::image} */
    public TopicStore(ZooKeeperSession session, Supplier<ClusterImage> images) {
        this.session = session;
        curator = session.curator();
        writes = new ConditionalWrites(session);
        this.images = images;
        session.createIfMissing(ZNodes.TOPICS, NOTHING);
        session.createIfMissing(ZNodes.TOPIC_CONFIGS, NOTHING);
        session.createIfMissing(ZNodes.DELETE_TOPICS, NOTHING);
    }

    /**
     * Checks {@link #create} without creating the topic.
     *
     * @return the replicas of each partition
     * @throws TopicException as {@link #create}
     */
    public List<PartitionAssignment> validate(String topic, int partitions, int replicationFactor) {
        ClusterImage image = images.get();
        TopicRules.checkNew(topic, image);
        TopicRules.checkPartitions(topic, 0, partitions);
        TopicRules.checkReplicationFactor(
                topic, replicationFactor, image.brokers().size());
        return ReplicaPlacement.place(image.brokers().values(), 0, partitions, replicationFactor, topic.hashCode());
    }

    /**
     * Checks {@link #create(String, List, Map)} without creating the topic.
     *
     * @throws TopicException as {@link #create(String, List, Map)}
     */
    public void validate(String topic, List<PartitionAssignment> assignments) {
        ClusterImage image = images.get();
        TopicRules.checkNew(topic, image);
        TopicRules.checkPartitions(topic, 0, assignments.size());
        TopicRules.checkAssignments(topic, assignments, image.brokers().keySet());
    }

    /**
     * Creates a topic, its replicas placed by the cluster.
     *
     * @param configs the topic's own settings, checked by the caller
     * @throws TopicException TOPIC_ALREADY_EXISTS, INVALID_TOPIC_EXCEPTION, INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, or
     *     INVALID_CONFIG if the settings do not fit in a node
     * @throws CoordinationException if ZooKeeper does not answer
     */
    public UUID create(String topic, int partitions, int replicationFactor, Map<String, String> configs) {
        return create(topic, validate(topic, partitions, replicationFactor), configs);
    }

    /**
     * Creates a topic with these replicas.
     *
     * @throws TopicException as above, or INVALID_REPLICA_ASSIGNMENT
     */
    public UUID create(String topic, List<PartitionAssignment> assignments, Map<String, String> configs) {
        validate(topic, assignments);
        UUID id = UUID.randomUUID();
        byte[] node = new TopicNode(id, assignments).toJson();
        byte[] config = ZNodeJson.config(configs);
        NodeLimits.checkAssignment(ErrorCode.INVALID_PARTITIONS, topic, node);
        NodeLimits.checkConfigs(ErrorCode.INVALID_CONFIG, "create topic " + topic, config);
        try {
            curator.transaction()
                    .forOperations(
                            curator.transactionOp().create().forPath(ZNodes.topic(topic), node),
                            configOperation(topic, config));
            return id;
        } catch (NodeExistsException e) {
            // Also if Curator repeated the call because its answer was lost.
            if (idOf(topic).filter(id::equals).isPresent()) {
                return id;
            }
            throw TopicRules.exists(topic);
        } catch (Exception e) {
            throw session.failure("create topic " + topic, e);
        }
    }

    /**
     * Adds partitions to a topic, their replicas placed by the cluster.
     *
     * @throws TopicException as {@link #grow(String, int, List)}
     */
    public void grow(String topic, int partitions) {
        grow(topic, partitions, List.of());
    }

    /**
     * Adds partitions to a topic.
     *
     * @param partitions the new number of partitions
     * @param added the replicas of each new partition; empty to let the cluster place them
     * @throws TopicException UNKNOWN_TOPIC_OR_PARTITION, INVALID_PARTITIONS if the topic has as many or more,
     *     INVALID_REPLICATION_FACTOR if too few brokers are alive, INVALID_REPLICA_ASSIGNMENT
     */
    public void grow(String topic, int partitions, List<PartitionAssignment> added) {
        update(topic, ErrorCode.INVALID_PARTITIONS, node -> grown(topic, node, partitions, added));
    }

    /**
     * Checks {@link #grow(String, int, List)} on the newest image, without adding partitions.
     *
     * @throws TopicException as {@link #grow(String, int, List)}
     */
    public void validateGrowth(String topic, int partitions, List<PartitionAssignment> added) {
        TopicImage image = images.get().topic(topic).orElseThrow(() -> TopicRules.unknown(topic));
        List<PartitionAssignment> current =
                image.partitions().stream().map(PartitionImage::assignment).toList();
        TopicNode grown = grown(topic, new TopicNode(image.id(), current), partitions, added);
        NodeLimits.checkAssignment(ErrorCode.INVALID_PARTITIONS, topic, grown.toJson());
    }

    private TopicNode grown(String topic, TopicNode node, int partitions, List<PartitionAssignment> added) {
        int current = node.partitions().size();
        TopicRules.checkPartitions(topic, current, partitions);
        ClusterImage image = images.get();
        List<PartitionAssignment> all = new ArrayList<>(node.partitions());
        if (added.isEmpty()) {
            int replicationFactor =
                    current == 0 ? 1 : node.partitions().get(0).target().size();
            TopicRules.checkReplicationFactor(
                    topic, replicationFactor, image.brokers().size());
            all.addAll(ReplicaPlacement.place(
                    image.brokers().values(), current, partitions - current, replicationFactor, topic.hashCode()));
        } else {
            TopicRules.checkAdded(topic, current, partitions, added.size());
            TopicRules.checkAssignments(topic, added, image.brokers().keySet());
            all.addAll(added);
        }
        return new TopicNode(node.id(), all);
    }

    /**
     * Starts reassignments to other brokers, or cancels them (KIP-455). A reassignment is complete when an image shows the partition
     * without {@linkplain PartitionAssignment#reassigning reassignment}; the controller completes it once the new replicas
     * are in sync.
     *
     * @param targets by partition: broker ids, the preferred leader first; empty to cancel
     * @return why partitions are refused, by partition: INVALID_REPLICA_ASSIGNMENT, NO_REASSIGNMENT_IN_PROGRESS,
     *     UNKNOWN_TOPIC_OR_PARTITION. All others are started, atomically
     * @throws TopicException UNKNOWN_TOPIC_OR_PARTITION, or INVALID_REPLICA_ASSIGNMENT if the topic's assignment would not fit
     */
    public Map<Integer, TopicException> reassign(String topic, Map<Integer, Optional<List<Integer>>> targets) {
        if (images.get().deleting().contains(topic)) {
            throw TopicRules.unknown(topic);
        }
        Map<Integer, TopicException> refused = new HashMap<>();
        update(
                topic,
                ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                node -> TopicRules.reassigned(
                        topic, node, targets, images.get().brokers().keySet(), refused));
        return refused;
    }

    /**
     * Marks a topic for deletion; the controller deletes it. Works for topics that cannot be read, too.
     *
     * @throws TopicException UNKNOWN_TOPIC_OR_PARTITION
     */
    public void delete(String topic) {
        requireExists(topic);
        session.createIfMissing(ZNodes.deletion(topic), NOTHING);
    }

    /**
     * Changes a topic's own settings, atomically.
     *
     * @param change maps the current settings to the new ones; called again after a conflict with another change
     * @throws TopicException UNKNOWN_TOPIC_OR_PARTITION, INVALID_CONFIG if the settings do not fit in a node; or as {@code change}
     *     does
     */
    public void configure(String topic, UnaryOperator<Map<String, String>> change) {
        requireExists(topic);
        writes.configure("configure topic " + topic, ZNodes.config(topic), change);
    }

    /** Every topic in the store, which can be newer than an image. */
    public Set<String> topics() {
        try {
            return new HashSet<>(curator.getChildren().forPath(ZNodes.TOPICS));
        } catch (Exception e) {
            throw session.failure("list topics", e);
        }
    }

    /** @param tooLarge the error if the changed assignment does not fit */
    private void update(String topic, ErrorCode tooLarge, UnaryOperator<TopicNode> change) {
        requireExists(topic);
        TopicNode unused = writes.retryOnConflict("change topic " + topic, () -> {
            try {
                Stat stat = new Stat();
                TopicNode node =
                        TopicNode.parse(curator.getData().storingStatIn(stat).forPath(ZNodes.topic(topic)));
                TopicNode changed = change.apply(node);
                if (!changed.equals(node)) {
                    byte[] data = changed.toJson();
                    NodeLimits.checkAssignment(tooLarge, topic, data);
                    curator.setData().withVersion(stat.getVersion()).forPath(ZNodes.topic(topic), data);
                }
                return changed;
            } catch (NoNodeException e) {
                throw TopicRules.unknown(topic);
            }
        });
    }

    /** Replaces settings that an interrupted deletion left behind. */
    private CuratorOp configOperation(String topic, byte[] config) throws Exception {
        return curator.checkExists().forPath(ZNodes.config(topic)) == null
                ? curator.transactionOp().create().forPath(ZNodes.config(topic), config)
                : curator.transactionOp().setData().forPath(ZNodes.config(topic), config);
    }

    private Optional<UUID> idOf(String topic) {
        try {
            return Optional.of(TopicNode.parse(curator.getData().forPath(ZNodes.topic(topic)))
                    .id());
        } catch (NoNodeException e) {
            return Optional.empty();
        } catch (Exception e) {
            throw session.failure("read topic " + topic, e);
        }
    }

    private void requireExists(String topic) {
        try {
            if (isNodeName(topic) && curator.checkExists().forPath(ZNodes.topic(topic)) != null) {
                return;
            }
        } catch (Exception e) {
            throw session.failure("read topic " + topic, e);
        }
        throw TopicRules.unknown(topic);
    }

    /** Whether a child of a node can have this name, whoever creates it. */
    private static boolean isNodeName(String name) {
        if (name.isEmpty() || name.contains("/")) {
            return false;
        }
        try {
            PathUtils.validatePath(ZNodes.topic(name));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
