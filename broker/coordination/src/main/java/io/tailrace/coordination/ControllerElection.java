package io.tailrace.coordination;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.BadVersionException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this broker the controller, if no other is.
 *
 * <p>The election is one transaction: the ephemeral {@code /controller} and the next {@code /controller_epoch} appear
 * together or not at all. Every later write of that controller carries a check of the version which the epoch got then, so
 * that one which was replaced can write nothing.
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
     * An election won.
     *
     * @param controllerEpoch grows with every election
     * @param epochVersion version of the epoch's node, which changes when another controller is elected
     */
    record Mandate(int controllerEpoch, int epochVersion) {}

    /**
     * Stands for election; empty if another broker is controller, or was faster. An announcement of this broker's own is
     * replaced: it was left behind in a session that has not timed out yet, or by an election whose outcome was not heard.
     */
    Optional<Mandate> stand() {
        session.createIfMissing(ZNodes.CONTROLLER_EPOCH, epochBytes(0));
        try {
            Stat stat = new Stat();
            byte[] data = curator.getData().storingStatIn(stat).forPath(ZNodes.CONTROLLER_EPOCH);
            int epoch = Integer.parseInt(new String(data, StandardCharsets.UTF_8)) + 1;
            List<CuratorOp> operations = new ArrayList<>(withdrawal());
            operations.add(curator.transactionOp()
                    .create()
                    .withMode(CreateMode.EPHEMERAL)
                    .forPath(ZNodes.CONTROLLER, ZNodeJson.controller(brokerId, clock.millis())));
            operations.add(curator.transactionOp()
                    .setData()
                    .withVersion(stat.getVersion())
                    .forPath(ZNodes.CONTROLLER_EPOCH, epochBytes(epoch)));
            curator.transaction().forOperations(operations);
            LOG.info("broker {} is controller in epoch {}", brokerId, epoch);
            return Optional.of(new Mandate(epoch, stat.getVersion() + 1));
        } catch (NodeExistsException | NoNodeException | BadVersionException e) {
            return Optional.empty();
        } catch (Exception e) {
            throw session.failure("elect broker " + brokerId + " controller", e);
        }
    }

    /** What takes back an announcement of this broker's. */
    private List<CuratorOp> withdrawal() throws Exception {
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

    /** Gives the office up, so that another broker is elected at once. */
    void resign(Mandate mandate) {
        if (!session.isConnected()) {
            return;
        }
        try {
            write(mandate, List.of(curator.transactionOp().delete().forPath(ZNodes.CONTROLLER)));
        } catch (NoNodeException | BadVersionException e) {
            LOG.debug("broker {} was not controller any more", brokerId);
        } catch (Exception e) {
            LOG.warn("broker {} stays controller until its session ends: {}", brokerId, e.getMessage());
        }
    }

    /** Does all of it if the mandate still holds, else nothing. */
    void write(Mandate mandate, List<CuratorOp> operations) throws Exception {
        List<CuratorOp> all = new ArrayList<>();
        all.add(curator.transactionOp()
                .check()
                .withVersion(mandate.epochVersion())
                .forPath(ZNodes.CONTROLLER_EPOCH));
        all.addAll(operations);
        curator.transaction().forOperations(all);
    }

    private static byte[] epochBytes(int epoch) {
        return Integer.toString(epoch).getBytes(StandardCharsets.UTF_8);
    }
}
