package io.tailrace.coordination;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.StateWrite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operations that write some partition states, and for each operation the writes that depend on it: if it fails, the other
 * writes can be tried without those. Used by one thread.
 */
final class StateTransaction {
    private static final Logger LOG = LoggerFactory.getLogger(StateTransaction.class);
    private static final byte[] NOTHING = new byte[0];
    /** What the protocol needs for an operation besides its path and data. */
    private static final int OPERATION_OVERHEAD_BYTES = 64;

    private final CuratorFramework curator;
    private final List<CuratorOp> operations = new ArrayList<>();
    private final List<List<StateWrite>> dependents = new ArrayList<>();
    private int sizeInBytes;

    private StateTransaction(CuratorFramework curator) {
        this.curator = curator;
    }

    /** Reads what the writes are conditional on. Leaves out the end of a reassignment that was replaced meanwhile. */
    static StateTransaction of(CuratorFramework curator, List<StateWrite> writes) throws Exception {
        StateTransaction transaction = new StateTransaction(curator);
        transaction.createParents(writes);
        Map<String, List<StateWrite>> ending = new LinkedHashMap<>();
        for (StateWrite write : writes) {
            if (write.reassignedOrNull() == null) {
                transaction.addState(write);
            } else {
                ending.computeIfAbsent(write.partition().topic(), topic -> new ArrayList<>())
                        .add(write);
            }
        }
        for (Map.Entry<String, List<StateWrite>> each : ending.entrySet()) {
            transaction.endReassignments(each.getKey(), each.getValue());
        }
        return transaction;
    }

    List<CuratorOp> operations() {
        return operations;
    }

    int sizeInBytes() {
        return sizeInBytes;
    }

    String path(int operation) {
        return operations.get(operation).getTypeAndPath().getForPath();
    }

    /** The writes that this transaction performs. */
    List<StateWrite> writes() {
        Set<StateWrite> writes = new LinkedHashSet<>();
        dependents.forEach(writes::addAll);
        return List.copyOf(writes);
    }

    /** The writes that do not depend on this operation. */
    List<StateWrite> writesWithout(int operation) {
        Set<StateWrite> writes = new LinkedHashSet<>(writes());
        writes.removeAll(Set.copyOf(dependents.get(operation)));
        return List.copyOf(writes);
    }

    /**
     * The index of the operation that made a transaction fail; -1 if none did, but the connection. In a transaction of the
     * controller, 0 is the check of its epoch.
     */
    static int failedOperation(KeeperException e) {
        List<OpResult> results = e.getResults();
        if (results == null) {
            return -1;
        }
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) instanceof OpResult.ErrorResult error
                    && error.getErr() != KeeperException.Code.OK.intValue()
                    && error.getErr() != KeeperException.Code.RUNTIMEINCONSISTENCY.intValue()) {
                return i;
            }
        }
        return -1;
    }

    private void add(CuratorOp operation, int dataBytes, List<StateWrite> dependentWrites) {
        operations.add(operation);
        dependents.add(dependentWrites);
        sizeInBytes += operation.getTypeAndPath().getForPath().length() + dataBytes + OPERATION_OVERHEAD_BYTES;
    }

    /** The first partition of a topic needs a parent for all partitions. */
    private void createParents(List<StateWrite> writes) throws Exception {
        Map<String, List<StateWrite>> created = new LinkedHashMap<>();
        for (StateWrite write : writes) {
            if (write.next().version() == PartitionState.NOT_WRITTEN) {
                created.computeIfAbsent(write.partition().topic(), topic -> new ArrayList<>())
                        .add(write);
            }
        }
        for (Map.Entry<String, List<StateWrite>> each : created.entrySet()) {
            String parent = ZNodes.partitions(each.getKey());
            if (curator.checkExists().forPath(parent) == null) {
                add(curator.transactionOp().create().forPath(parent, NOTHING), 0, each.getValue());
            }
        }
    }

    private void addState(StateWrite write) throws Exception {
        byte[] data = PartitionStateJson.write(write.next());
        String path = ZNodes.state(write.partition());
        List<StateWrite> dependent = List.of(write);
        int version = write.next().version();
        if (version == PartitionState.NOT_WRITTEN) {
            String parent = ZNodes.partition(write.partition());
            add(curator.transactionOp().create().forPath(parent, NOTHING), 0, dependent);
            add(curator.transactionOp().create().forPath(path, data), data.length, dependent);
        } else {
            add(curator.transactionOp().setData().withVersion(version).forPath(path, data), data.length, dependent);
        }
    }

    /** The states together with the topic's node, in which the reassignments are over. */
    private void endReassignments(String topic, List<StateWrite> writes) throws Exception {
        Stat stat = new Stat();
        TopicNode node;
        try {
            node = TopicNode.parse(curator.getData().storingStatIn(stat).forPath(ZNodes.topic(topic)));
        } catch (NoNodeException | IOException | IllegalArgumentException e) {
            LOG.warn("Reassignments of topic {} cannot end, its node cannot be read: {}", topic, e.getMessage());
            return;
        }
        List<PartitionAssignment> assignments = new ArrayList<>(node.partitions());
        List<StateWrite> ending = new ArrayList<>();
        for (StateWrite write : writes) {
            TopicPartition partition = write.partition();
            int index = partition.partition();
            if (index < assignments.size() && assignments.get(index).equals(write.reassignedOrNull())) {
                assignments.set(
                        index, PartitionAssignment.of(assignments.get(index).target()));
                ending.add(write);
                addState(write);
            }
        }
        if (!ending.isEmpty()) {
            byte[] data = new TopicNode(node.id(), assignments).toJson();
            CuratorOp operation = curator.transactionOp()
                    .setData()
                    .withVersion(stat.getVersion())
                    .forPath(ZNodes.topic(topic), data);
            add(operation, data.length, ending);
        }
    }
}
