package io.tailrace.coordination;

import io.tailrace.coordination.ControllerElection.ControllerTerm;
import io.tailrace.coordination.ControllerElection.ReplacedException;
import java.util.ArrayList;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes topics for the controller, a bounded number of partitions at a time. For one thread; calls block. */
final class TopicDeletion {
    /** Each has three nodes. */
    static final int PARTITIONS_MAX = 100;

    private static final Logger LOG = LoggerFactory.getLogger(TopicDeletion.class);

    private final CuratorFramework curator;
    private final ControllerElection election;

    TopicDeletion(ZooKeeperSession session, ControllerElection election) {
        curator = session.curator();
        this.election = election;
    }

    /** How far a deletion is. */
    enum Progress {
        /** The topic and its mark are deleted. */
        DONE,
        /** Some partitions are deleted. */
        CONTINUES,
        /** Another broker wrote to the topic's nodes: the caller must retry. */
        CONFLICT
    }

    /**
     * Deletes some partitions of a topic that is marked for deletion, or if none is left the topic. Does nothing without the
     * mark: an image may show the mark of a topic that was deleted and created again since. The mark is deleted last, so that
     * an interrupted deletion can be continued.
     *
     * @throws ReplacedException if the term is over
     * @throws KeeperException if ZooKeeper does not answer
     */
    Progress deleteSome(ControllerTerm term, String topic) throws Exception {
        if (curator.checkExists().forPath(ZNodes.deletion(topic)) == null) {
            return Progress.DONE;
        }
        try {
            List<String> partitions = partitions(topic);
            List<String> paths = new ArrayList<>();
            if (partitions.isEmpty()) {
                collect(ZNodes.topic(topic), paths);
                collect(ZNodes.config(topic), paths);
                collect(ZNodes.deletion(topic), paths);
            } else {
                for (String partition : partitions.subList(0, Math.min(partitions.size(), PARTITIONS_MAX))) {
                    collect(ZNodes.partitions(topic) + "/" + partition, paths);
                }
            }
            delete(term, paths);
            if (!partitions.isEmpty()) {
                return Progress.CONTINUES;
            }
            LOG.info("Deleted topic {}", topic);
            return Progress.DONE;
        } catch (KeeperException e) {
            if (StateTransaction.failedOperation(e) < 0 && !(e instanceof NoNodeException)) {
                throw e;
            }
            LOG.warn("Deletion of topic {} is tried again, others wrote to it meanwhile: {}", topic, e.getMessage());
            return Progress.CONFLICT;
        }
    }

    private List<String> partitions(String topic) throws Exception {
        String parent = ZNodes.partitions(topic);
        return curator.checkExists().forPath(parent) == null
                ? List.of()
                : curator.getChildren().forPath(parent);
    }

    private void delete(ControllerTerm term, List<String> paths) throws Exception {
        List<CuratorOp> operations = new ArrayList<>();
        for (String path : paths) {
            operations.add(curator.transactionOp().delete().forPath(path));
        }
        election.write(term, operations);
    }

    /** Appends {@code path} and everything below it, children before parents; nothing if it does not exist. */
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
