package io.tailrace.coordination;

import io.tailrace.coordination.ControllerElection.ControllerTerm;
import io.tailrace.coordination.ControllerElection.ReplacedException;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.StateWrite;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes partition states for the controller, many in one transaction, each transaction with a check of the controller epoch.
 * A partition that somebody else wrote meanwhile is left out: the controller will receive its newer state, and decide again.
 */
final class ControllerWriter {
    /** Partitions in one transaction. */
    static final int BATCH_SIZE_MAX = 300;

    private static final Logger LOG = LoggerFactory.getLogger(ControllerWriter.class);

    private final CuratorFramework curator;
    private final ControllerElection election;

    ControllerWriter(ZooKeeperSession session, ControllerElection election) {
        curator = session.curator();
        this.election = election;
    }

    /**
     * Writes these states.
     *
     * @param written gets each partition that was written, with its new version
     * @throws ReplacedException if the term is over; nothing of the transaction that found out was written
     */
    void writeStates(ControllerTerm term, List<StateWrite> writes, BiConsumer<TopicPartition, Integer> written)
            throws Exception {
        Deque<List<StateWrite>> batches = new ArrayDeque<>();
        for (int begin = 0; begin < writes.size(); begin += BATCH_SIZE_MAX) {
            batches.add(writes.subList(begin, Math.min(writes.size(), begin + BATCH_SIZE_MAX)));
        }
        while (!batches.isEmpty()) {
            List<StateWrite> batch = batches.remove();
            StateTransaction transaction = StateTransaction.of(curator, batch);
            if (transaction.operations().isEmpty()) {
                continue;
            }
            if (transaction.sizeInBytes() > NodeLimits.TRANSACTION_BYTES_MAX) {
                splitTooLarge(batch, transaction, batches);
                continue;
            }
            try {
                election.write(term, transaction.operations());
                for (StateWrite write : transaction.writes()) {
                    written.accept(write.partition(), write.next().version() + 1);
                }
            } catch (KeeperException e) {
                int failed = StateTransaction.failedOperation(e);
                if (failed < 0) {
                    throw e;
                }
                LOG.info(
                        "State not written, another broker changed it first: {}, {}",
                        transaction.path(failed - 1),
                        e.code());
                addHalves(transaction.writesWithout(failed - 1), batches);
            }
        }
    }

    private static void splitTooLarge(
            List<StateWrite> batch, StateTransaction transaction, Deque<List<StateWrite>> batches) {
        if (batch.size() > 1) {
            addHalves(batch, batches);
        } else {
            LOG.error(
                    "State of {} cannot be written: its transaction must fit in {} bytes, needs {}",
                    batch.get(0).partition(),
                    NodeLimits.TRANSACTION_BYTES_MAX,
                    transaction.sizeInBytes());
        }
    }

    /** In halves, so that many conflicts do not take as many transactions of all the writes. */
    private static void addHalves(List<StateWrite> writes, Deque<List<StateWrite>> batches) {
        int middle = writes.size() / 2;
        batches.addFirst(writes.subList(middle, writes.size()));
        batches.addFirst(writes.subList(0, middle));
    }
}
