package io.tailrace.coordination;

import io.tailrace.coordination.ZNodeJson.TopicNode;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.ReplicaPlacement;
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
import org.apache.zookeeper.data.Stat;

/**
 * Creates, grows, reassigns, deletes and configures topics. A change is done when its method returns; it is in force once it has
 * come back in an image, a new partition once it has a leader there.
 *
 * <p>Every change is one transaction, conditional on what it replaces, so that any broker may make it. Calls block: not for
 * an event loop. Safe between threads.
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
     * Checks what {@link #create} would do, and does not do it.
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
     * Checks what {@link #create(String, List, Map)} would do, and does not do it.
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
     * @param configs settings of the topic's own, checked by the caller
     * @throws TopicException TOPIC_ALREADY_EXISTS, INVALID_TOPIC_EXCEPTION, INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR
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
        try {
            curator.transaction()
                    .forOperations(
                            curator.transactionOp()
                                    .create()
                                    .forPath(ZNodes.topic(topic), ZNodeJson.topic(new TopicNode(id, assignments))),
                            configOperation(topic, configs));
            return id;
        } catch (NodeExistsException e) {
            if (idOf(topic).filter(id::equals).isPresent()) {
                return id;
            }
            throw TopicRules.exists(topic);
        } catch (Exception e) {
            throw session.failure("create topic " + topic, e);
        }
    }

    /**
     * Gives a topic more partitions.
     *
     * @param partitions how many it is to have
     * @throws TopicException UNKNOWN_TOPIC_OR_PARTITION, INVALID_PARTITIONS if it has as many or more
     */
    public void grow(String topic, int partitions) {
        update(topic, node -> {
            int had = node.partitions().size();
            TopicRules.checkPartitions(topic, had, partitions);
            int replicationFactor = node.partitions().get(0).target().size();
            ClusterImage image = images.get();
            TopicRules.checkReplicationFactor(
                    topic, replicationFactor, image.brokers().size());
            List<PartitionAssignment> all = new ArrayList<>(node.partitions());
            all.addAll(ReplicaPlacement.place(
                    image.brokers().values(), had, partitions - had, replicationFactor, topic.hashCode()));
            return new TopicNode(node.id(), all);
        });
    }

    /**
     * Gives a topic more partitions, with these replicas.
     *
     * @throws TopicException as above, or INVALID_REPLICA_ASSIGNMENT
     */
    public void grow(String topic, int partitions, List<PartitionAssignment> added) {
        update(topic, node -> {
            TopicRules.checkPartitions(topic, node.partitions().size(), partitions);
            TopicRules.checkAssignments(topic, added, images.get().brokers().keySet());
            if (node.partitions().size() + added.size() != partitions) {
                throw new TopicException(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "topic " + topic + " has " + node.partitions().size() + " partitions and is to have "
                                + partitions + ": assign replicas to the new ones, not to " + added.size());
            }
            List<PartitionAssignment> all = new ArrayList<>(node.partitions());
            all.addAll(added);
            return new TopicNode(node.id(), all);
        });
    }

    /**
     * Asks for partitions to be held by other brokers (KIP-455). It is done when the image shows them without
     * {@linkplain PartitionAssignment#reassigning reassignment}; the controller sees to that once the new replicas are in sync.
     *
     * @param targets by partition: broker ids, the preferred leader first; empty to take back what is under way
     * @return why partitions are refused, by partition: INVALID_REPLICA_ASSIGNMENT, NO_REASSIGNMENT_IN_PROGRESS,
     *     UNKNOWN_TOPIC_OR_PARTITION. The others are under way, all or none of them
     * @throws TopicException UNKNOWN_TOPIC_OR_PARTITION
     */
    public Map<Integer, TopicException> reassign(String topic, Map<Integer, Optional<List<Integer>>> targets) {
        if (images.get().deleting().contains(topic)) {
            throw TopicRules.unknown(topic);
        }
        Map<Integer, TopicException> refused = new HashMap<>();
        update(topic, node -> {
            refused.clear();
            List<PartitionAssignment> partitions = new ArrayList<>(node.partitions());
            targets.forEach((index, target) -> {
                try {
                    partitions.set(index, reassigned(topic, node, index, target));
                } catch (TopicException e) {
                    refused.put(index, e);
                }
            });
            return new TopicNode(node.id(), partitions);
        });
        return refused;
    }

    private PartitionAssignment reassigned(String topic, TopicNode node, int index, Optional<List<Integer>> target) {
        String partition = topic + "-" + index;
        if (index < 0 || index >= node.partitions().size()) {
            throw new TopicException(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "partition " + partition + " does not exist");
        }
        PartitionAssignment now = node.partitions().get(index);
        if (target.isPresent()) {
            TopicRules.checkTarget(
                    partition, now, target.get(), images.get().brokers().keySet());
        } else if (!now.reassigning()) {
            throw new TopicException(
                    ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, "partition " + partition + " is not being reassigned");
        }
        return now.reassignedTo(target.orElseGet(now::before));
    }

    /**
     * Marks a topic to be deleted; the controller deletes it.
     *
     * @throws TopicException UNKNOWN_TOPIC_OR_PARTITION
     */
    public void delete(String topic) {
        requireExists(topic);
        session.createIfMissing(ZNodes.deletion(topic), NOTHING);
    }

    /**
     * Changes settings of a topic's own, atomically.
     *
     * @param change what becomes of the settings there are, by key; asked again if others were faster. What it throws
     *     is thrown
     * @throws TopicException UNKNOWN_TOPIC_OR_PARTITION
     */
    public void configure(String topic, UnaryOperator<Map<String, String>> change) {
        requireExists(topic);
        writes.configure("configure topic " + topic, ZNodes.config(topic), change);
    }

    /** Every topic there is in the store now, unlike in an image, which may be a moment older. */
    public Set<String> topics() {
        try {
            return new HashSet<>(curator.getChildren().forPath(ZNodes.TOPICS));
        } catch (Exception e) {
            throw session.failure("list topics", e);
        }
    }

    private void update(String topic, UnaryOperator<TopicNode> change) {
        writes.retryOnConflict("change topic " + topic, () -> {
            try {
                Stat stat = new Stat();
                byte[] data = curator.getData().storingStatIn(stat).forPath(ZNodes.topic(topic));
                TopicNode node = ZNodeJson.topic(data);
                TopicNode changed = change.apply(node);
                if (!changed.equals(node)) {
                    curator.setData()
                            .withVersion(stat.getVersion())
                            .forPath(ZNodes.topic(topic), ZNodeJson.topic(changed));
                }
            } catch (NoNodeException e) {
                throw TopicRules.unknown(topic);
            }
        });
    }

    /** A topic that was deleted half leaves its settings behind: they are replaced, not inherited. */
    private CuratorOp configOperation(String topic, Map<String, String> configs) throws Exception {
        byte[] data = ZNodeJson.config(configs);
        return curator.checkExists().forPath(ZNodes.config(topic)) == null
                ? curator.transactionOp().create().forPath(ZNodes.config(topic), data)
                : curator.transactionOp().setData().forPath(ZNodes.config(topic), data);
    }

    private Optional<UUID> idOf(String topic) {
        try {
            return Optional.of(ZNodeJson.topic(curator.getData().forPath(ZNodes.topic(topic)))
                    .id());
        } catch (NoNodeException e) {
            return Optional.empty();
        } catch (Exception e) {
            throw session.failure("read topic " + topic, e);
        }
    }

    private void requireExists(String topic) {
        if (idOf(topic).isEmpty()) {
            throw TopicRules.unknown(topic);
        }
    }
}
