package io.tailrace.coordination;

import io.tailrace.coordination.ControllerElection.Mandate;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.StateWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.OpResult;
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

    private static final int CONFLICTS_MAX = 16;
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
        int begin = 0;
        while (begin < writes.size()) {
            int end = Math.min(writes.size(), begin + BATCH_SIZE_MAX);
            for (StateWrite write : writeBatch(mandate, new ArrayList<>(writes.subList(begin, end)))) {
                written.accept(write.partition(), write.next().version() + 1);
            }
            begin = end;
        }
    }

    /** Removes a topic with all it has; the mark that it is to be deleted goes last, so that it can be taken up again. */
    void deleteTopic(Mandate mandate, String topic) throws Exception {
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

    /** A new partition's parents, which must be there before its state: created with the mandate checked as well. */
    private void createPartitions(Mandate mandate, List<StateWrite> writes) throws Exception {
        List<String> missing = new ArrayList<>();
        for (StateWrite write : writes) {
            if (write.next().version() == PartitionState.NOT_WRITTEN) {
                String partitions = ZNodes.partitions(write.partition().topic());
                if (!missing.contains(partitions) && curator.checkExists().forPath(partitions) == null) {
                    missing.add(partitions);
                }
            }
        }
        for (String path : missing) {
            try {
                election.write(mandate, List.of(curator.transactionOp().create().forPath(path, new byte[0])));
            } catch (KeeperException e) {
                if (failedOperation(e) == 0) {
                    throw new ReplacedException(mandate.controllerEpoch());
                }
                LOG.info("{} not created: {}", path, e.code());
            }
        }
    }

    private List<StateWrite> writeBatch(Mandate mandate, List<StateWrite> batch) throws Exception {
        for (int conflicts = 0; conflicts < CONFLICTS_MAX && !batch.isEmpty(); conflicts++) {
            List<CuratorOp> operations = new ArrayList<>();
            List<StateWrite> owners = new ArrayList<>();
            for (StateWrite write : batch) {
                for (CuratorOp operation : operations(write)) {
                    operations.add(operation);
                    owners.add(write);
                }
            }
            try {
                election.write(mandate, operations);
                return batch;
            } catch (KeeperException e) {
                int failed = failedOperation(e);
                if (failed == 0) {
                    throw new ReplacedException(mandate.controllerEpoch());
                }
                if (failed < 0) {
                    throw e;
                }
                StateWrite conflicting = owners.get(failed - 1);
                LOG.info("state of {} was written by another meanwhile: {}", conflicting.partition(), e.code());
                batch.remove(conflicting);
            }
        }
        return List.of();
    }

    private List<CuratorOp> operations(StateWrite write) throws Exception {
        byte[] data = ZNodeJson.state(write.next());
        String path = ZNodes.state(write.partition());
        if (write.next().version() != PartitionState.NOT_WRITTEN) {
            return List.of(curator.transactionOp()
                    .setData()
                    .withVersion(write.next().version())
                    .forPath(path, data));
        }
        return List.of(
                curator.transactionOp().create().forPath(ZNodes.partition(write.partition()), new byte[0]),
                curator.transactionOp().create().forPath(path, data));
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
