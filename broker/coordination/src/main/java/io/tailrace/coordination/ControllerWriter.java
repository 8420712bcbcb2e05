package io.tailrace.coordination;

import io.tailrace.coordination.ControllerElection.Mandate;
import io.tailrace.coordination.ZNodeJson.TopicNode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.StateWrite;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what the controller decided, many partitions in one transaction, each transaction with a check of the
 * controller epoch. A partition that somebody else wrote meanwhile is left out: its newer state is on its way here, and
 * will be decided on again.
 */
final class ControllerWriter {
    /** Operations in one transaction: a few hundred bytes each, well under ZooKeeper's limit of 1 MiB. */
    private static final int BATCH_SIZE_MAX = 300;

    private static final Logger LOG = LoggerFactory.getLogger(ControllerWriter.class);

    private final CuratorFramework curator;
    private final ControllerElection election;

    ControllerWriter(ZooKeeperSession session, ControllerElection election) {
        curator = session.curator();
        this.election = election;
    }

    /** The mandate is over: another controller has been elected. */
    static final class ReplacedException extends Exception {
        private static final long serialVersionUID = 1L;

        ReplacedException(int controllerEpoch) {
            super("another controller has been elected since epoch " + controllerEpoch);
        }
    }

    /**
     * Writes these states and tells {@code written} which are, with their version.
     *
     * @throws ReplacedException if the mandate is over; nothing of the transaction that found out was written
     */
    void writeStates(Mandate mandate, List<StateWrite> writes, BiConsumer<TopicPartition, Integer> written)
            throws Exception {
        createPartitions(mandate, writes);
        Deque<List<StateWrite>> batches = new ArrayDeque<>();
        for (int begin = 0; begin < writes.size(); begin += BATCH_SIZE_MAX) {
            batches.add(writes.subList(begin, Math.min(writes.size(), begin + BATCH_SIZE_MAX)));
        }
        while (!batches.isEmpty()) {
            Transaction transaction = transaction(batches.remove());
            if (transaction.operations.isEmpty()) {
                continue;
            }
            try {
                election.write(mandate, transaction.operations);
                transaction
                        .writes()
                        .forEach(write ->
                                written.accept(write.partition(), write.next().version() + 1));
            } catch (KeeperException e) {
                int failed = failedOperation(e);
                if (failed == 0) {
                    throw new ReplacedException(mandate.controllerEpoch());
                }
                if (failed < 0) {
                    throw e;
                }
                LOG.info("{} was written by another meanwhile: {}", transaction.path(failed - 1), e.code());
                // In halves, so that many conflicts do not take as many transactions of everything.
                List<StateWrite> rest = transaction.without(failed - 1);
                batches.addFirst(rest.subList(rest.size() / 2, rest.size()));
                batches.addFirst(rest.subList(0, rest.size() / 2));
            }
        }
    }

    /**
     * Removes a topic with all it has, if it is marked to be deleted: an image may show the mark of one that is deleted, and
     * created again since. The mark goes last, so that a deletion can be taken up again.
     */
    void deleteTopic(Mandate mandate, String topic) throws Exception {
        if (curator.checkExists().forPath(ZNodes.deletion(topic)) == null) {
            return;
        }
        List<String> paths = new ArrayList<>();
        collect(ZNodes.topic(topic), paths);
        collect(ZNodes.config(topic), paths);
        collect(ZNodes.deletion(topic), paths);
        for (int begin = 0; begin < paths.size(); begin += BATCH_SIZE_MAX) {
            List<CuratorOp> operations = new ArrayList<>();
            for (String path : paths.subList(begin, Math.min(paths.size(), begin + BATCH_SIZE_MAX))) {
                operations.add(curator.transactionOp().delete().forPath(path));
            }
            try {
                election.write(mandate, operations);
            } catch (KeeperException e) {
                throw failedOperation(e) == 0 ? new ReplacedException(mandate.controllerEpoch()) : e;
            }
        }
        LOG.info("topic {} is deleted", topic);
    }

    /** New partitions' parents, which must be there before their states: created with the mandate checked as well. */
    private void createPartitions(Mandate mandate, List<StateWrite> writes) throws Exception {
        Set<String> topics = new LinkedHashSet<>();
        for (StateWrite write : writes) {
            if (write.next().version() == PartitionState.NOT_WRITTEN) {
                topics.add(write.partition().topic());
            }
        }
        for (String topic : topics) {
            try {
                CuratorOp create = curator.transactionOp().create().forPath(ZNodes.partitions(topic), new byte[0]);
                election.write(mandate, List.of(create));
            } catch (KeeperException e) {
                int failed = failedOperation(e);
                if (failed == 0) {
                    throw new ReplacedException(mandate.controllerEpoch());
                }
                if (failed < 0) {
                    throw e;
                }
                LOG.debug("{} not created: {}", ZNodes.partitions(topic), e.code());
            }
        }
    }

    /** Operations, and for each what it is about, so that the others can be tried without it. */
    private static final class Transaction {
        private final List<CuratorOp> operations = new ArrayList<>();
        private final List<List<StateWrite>> owners = new ArrayList<>();

        void add(CuratorOp operation, List<StateWrite> about) {
            operations.add(operation);
            owners.add(about);
        }

        String path(int index) {
            return operations.get(index).getTypeAndPath().getForPath();
        }

        Set<StateWrite> writes() {
            Set<StateWrite> writes = new LinkedHashSet<>();
            owners.forEach(writes::addAll);
            return writes;
        }

        List<StateWrite> without(int index) {
            Set<StateWrite> rest = writes();
            rest.removeAll(Set.copyOf(owners.get(index)));
            return List.copyOf(rest);
        }
    }

    private Transaction transaction(List<StateWrite> batch) throws Exception {
        Transaction transaction = new Transaction();
        Map<String, List<StateWrite>> ending = new LinkedHashMap<>();
        for (StateWrite write : batch) {
            if (write.reassignedOrNull() == null) {
                addState(transaction, write);
            } else {
                ending.computeIfAbsent(write.partition().topic(), topic -> new ArrayList<>())
                        .add(write);
            }
        }
        for (Map.Entry<String, List<StateWrite>> each : ending.entrySet()) {
            addEndOfReassignments(transaction, each.getKey(), each.getValue());
        }
        return transaction;
    }

    private void addState(Transaction transaction, StateWrite write) throws Exception {
        byte[] data = ZNodeJson.state(write.next());
        String path = ZNodes.state(write.partition());
        List<StateWrite> about = List.of(write);
        if (write.next().version() == PartitionState.NOT_WRITTEN) {
            String parent = ZNodes.partition(write.partition());
            transaction.add(curator.transactionOp().create().forPath(parent, new byte[0]), about);
            transaction.add(curator.transactionOp().create().forPath(path, data), about);
        } else {
            int version = write.next().version();
            transaction.add(
                    curator.transactionOp().setData().withVersion(version).forPath(path, data), about);
        }
    }

    /** The states, with the assignments at rest. One that was asked to go elsewhere meanwhile is left out. */
    private void addEndOfReassignments(Transaction transaction, String topic, List<StateWrite> writes)
            throws Exception {
        Stat stat = new Stat();
        TopicNode node;
        try {
            node = ZNodeJson.topic(curator.getData().storingStatIn(stat).forPath(ZNodes.topic(topic)));
        } catch (NoNodeException | IOException | IllegalArgumentException e) {
            LOG.warn("no reassignment of topic {} can end: {}", topic, e.getMessage());
            return;
        }
        List<PartitionAssignment> assignments = new ArrayList<>(node.partitions());
        List<StateWrite> ending = new ArrayList<>();
        for (StateWrite write : writes) {
            int index = write.partition().partition();
            if (index < assignments.size() && assignments.get(index).equals(write.reassignedOrNull())) {
                assignments.set(
                        index, PartitionAssignment.of(assignments.get(index).target()));
                ending.add(write);
                addState(transaction, write);
            }
        }
        if (!ending.isEmpty()) {
            CuratorOp operation = curator.transactionOp()
                    .setData()
                    .withVersion(stat.getVersion())
                    .forPath(ZNodes.topic(topic), ZNodeJson.topic(new TopicNode(node.id(), assignments)));
            transaction.add(operation, ending);
        }
    }

    /** Index of the operation that made a transaction fail, 0 being the check of the mandate; -1 if none did. */
    private static int failedOperation(KeeperException e) {
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

    /** The nodes below {@code path}, children before parents, and itself; none if it is not there. */
    private void collect(String path, List<String> paths) throws Exception {
        if (curator.checkExists().forPath(path) == null) {
            return;
        }
        for (String child : curator.getChildren().forPath(path)) {
            collect(path + "/" + child, paths);
        }
        paths.add(path);
    }
}
