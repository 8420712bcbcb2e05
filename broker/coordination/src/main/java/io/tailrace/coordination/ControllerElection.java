package io.tailrace.coordination;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.BadVersionException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Elects this broker controller, if there is none.
 *
 * <p>The election is one transaction: the ephemeral {@code /controller} and the next {@code /controller_epoch} appear together
 * or not at all. Every later write of that controller checks the version that the epoch's node got then, so a controller that
 * was replaced can write nothing.
 */
final class ControllerElection {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerElection.class);

    private final ZooKeeperSession session;
    private final CuratorFramework curator;
    private final int brokerId;
    private final InstantSource clock;

    ControllerElection(ZooKeeperSession session, int brokerId, InstantSource clock) {
        this.session = session;
        curator = session.curator();
        this.brokerId = brokerId;
        this.clock = clock;
    }

    /**
     * A term as controller.
     *
     * @param controllerEpoch grows with every election
     * @param epochVersion version of the epoch's node, which changes when another controller is elected
     */
    record ControllerTerm(int controllerEpoch, int epochVersion) {}

    /** The term is over: another controller has been elected. */
    static final class ReplacedException extends Exception {
        private static final long serialVersionUID = 1L;

        ReplacedException(int controllerEpoch) {
            super("another controller has been elected since epoch " + controllerEpoch);
        }
    }

    /**
     * Tries to become controller; empty if another broker is controller, or was faster. Replaces a {@code /controller} of this
     * broker itself: it is left from a session that has not timed out yet, or from an election whose answer was lost.
     *
     * @throws CoordinationException if ZooKeeper does not answer
     */
    Optional<ControllerTerm> elect() {
        session.createIfMissing(ZNodes.CONTROLLER_EPOCH, epochBytes(0));
        try {
            Stat stat = new Stat();
            byte[] data = curator.getData().storingStatIn(stat).forPath(ZNodes.CONTROLLER_EPOCH);
            int epoch = Integer.parseInt(new String(data, StandardCharsets.UTF_8)) + 1;
            List<CuratorOp> operations = new ArrayList<>(deletionOfOwn());
            operations.add(curator.transactionOp()
                    .create()
                    .withMode(CreateMode.EPHEMERAL)
                    .forPath(ZNodes.CONTROLLER, ZNodeJson.controller(brokerId, clock.millis())));
            operations.add(curator.transactionOp()
                    .setData()
                    .withVersion(stat.getVersion())
                    .forPath(ZNodes.CONTROLLER_EPOCH, epochBytes(epoch)));
            curator.transaction().forOperations(operations);
            LOG.info("Broker {} is controller in epoch {}", brokerId, epoch);
            return Optional.of(new ControllerTerm(epoch, stat.getVersion() + 1));
        } catch (NodeExistsException | NoNodeException | BadVersionException e) {
            return Optional.empty();
        } catch (Exception e) {
            throw session.failure("elect broker " + brokerId + " controller", e);
        }
    }

    private List<CuratorOp> deletionOfOwn() throws Exception {
        Stat stat = new Stat();
        try {
            byte[] data = curator.getData().storingStatIn(stat).forPath(ZNodes.CONTROLLER);
            if (ZNodeJson.controller(data) == brokerId) {
                return List.of(curator.transactionOp()
                        .delete()
                        .withVersion(stat.getVersion())
                        .forPath(ZNodes.CONTROLLER));
            }
        } catch (NoNodeException e) {
            LOG.debug("there is no controller");
        }
        return List.of();
    }

    /** Ends the term, so that another broker is elected at once. */
    void resign(ControllerTerm term) {
        if (!session.isConnected()) {
            return;
        }
        try {
            write(term, List.of(curator.transactionOp().delete().forPath(ZNodes.CONTROLLER)));
        } catch (ReplacedException | NoNodeException e) {
            LOG.debug("broker {} was no longer controller", brokerId);
        } catch (Exception e) {
            LOG.warn("Broker {} stays controller until its session ends: {}", brokerId, e.getMessage());
        }
    }

    /**
     * Performs all operations, or none.
     *
     * @throws ReplacedException if the term is over
     * @throws KeeperException if an operation fails, with the results of the check and of each operation; or without results,
     *     if ZooKeeper does not answer
     */
    void write(ControllerTerm term, List<CuratorOp> operations) throws Exception {
        List<CuratorOp> all = new ArrayList<>();
        all.add(curator.transactionOp().check().withVersion(term.epochVersion()).forPath(ZNodes.CONTROLLER_EPOCH));
        all.addAll(operations);
        try {
            curator.transaction().forOperations(all);
        } catch (KeeperException e) {
            if (StateTransaction.failedOperation(e) == 0) {
                throw new ReplacedException(term.controllerEpoch());
            }
            throw e;
        }
    }

    private static byte[] epochBytes(int epoch) {
        return Integer.toString(epoch).getBytes(StandardCharsets.UTF_8);
    }
}
