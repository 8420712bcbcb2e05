package io.tailrace.coordination;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.Broker;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ephemeral node of one broker, and what is to be written there. Its czxid is the broker epoch. Replaces a node that this
 * broker left behind itself, and never one of another broker. For one thread; calls block.
 */
final class BrokerNode {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerNode.class);

    /** The broker cannot be registered, now or later. */
    static final class RefusedException extends CoordinationException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    private final ZooKeeperSession session;
    private final CuratorFramework curator;
    private final BrokerInfo self;
    private final InstantSource clock;
    private final String path;
    private final Set<TopicPartition> offline = new HashSet<>();
    private long epoch = Broker.NONE;
    private long previousEpoch;
    private boolean draining;

    BrokerNode(ZooKeeperSession session, BrokerInfo self, InstantSource clock) {
        this.session = session;
        curator = session.curator();
        this.self = self;
        this.clock = clock;
        path = ZNodes.broker(self.id());
        previousEpoch = self.previousEpoch();
    }

    /**
     * Creates the node, unless this session has created it already.
     *
     * @return the broker epoch
     * @throws RefusedException if another broker has the id, or the node would be too large
     * @throws CoordinationException if ZooKeeper does not answer
     */
    long register() {
        try {
            Stat existing = curator.checkExists().forPath(path);
            if (existing != null && existing.getCzxid() == epoch && isOwnSession(existing)) {
                LOG.info("Broker {} is still registered under epoch {}", self.id(), epoch);
                return epoch;
            }
            deleteLeftBehind();
            if (previousEpoch == Broker.NONE) {
                previousEpoch = epoch;
            }
            epoch = create();
            LOG.info("Broker {} is registered under epoch {}", self.id(), epoch);
            return epoch;
        } catch (CoordinationException e) {
            throw e;
        } catch (Exception e) {
            throw session.failure("register broker " + self.id(), e);
        }
    }

    /**
     * Reports that the broker shuts down.
     *
     * @throws CoordinationException if ZooKeeper does not answer
     */
    void drain() {
        draining = true;
        update("report that broker " + self.id() + " shuts down");
    }

    /** Adds partitions whose logs cannot be used, for the next {@link #reportOffline}. */
    void addOffline(Collection<TopicPartition> partitions) {
        offline.addAll(partitions);
    }

    /** Removes partitions whose logs can be used again, for the next {@link #reportOffline}. */
    void removeOffline(Collection<TopicPartition> partitions) {
        offline.removeAll(partitions);
    }

    /** Reports the partitions whose logs cannot be used. Throws as {@link #register}. */
    void reportOffline() {
        update("report failed logs of broker " + self.id());
    }

    /** Deletes the node. Without a connection it stays until the session ends. */
    void unregister() {
        try {
            if (epoch != Broker.NONE && session.isConnected()) {
                curator.delete().forPath(path);
            }
        } catch (NoNodeException e) {
            LOG.debug("broker {} was not registered", self.id());
        } catch (Exception e) {
            LOG.warn("Broker {} stays registered until its session ends: {}", self.id(), e.getMessage());
        }
    }

    /** Does nothing while the node does not exist: registering writes the same. */
    private void update(String what) {
        try {
            Stat existing = curator.checkExists().forPath(path);
            if (existing != null && existing.getCzxid() == epoch) {
                curator.setData().withVersion(existing.getVersion()).forPath(path, content());
            }
        } catch (CoordinationException e) {
            throw e;
        } catch (Exception e) {
            throw session.failure(what, e);
        }
    }

    private long create() throws Exception {
        Stat stat = new Stat();
        try {
            curator.create()
                    .storingStatIn(stat)
                    .creatingParentsIfNeeded()
                    .withMode(CreateMode.EPHEMERAL)
                    .forPath(path, content());
        } catch (NodeExistsException e) {
            // Created by somebody else just now, or by this call, which Curator repeats when its answer is lost.
            byte[] data = curator.getData().storingStatIn(stat).forPath(path);
            if (!isOwnSession(stat) || !isOwn(data)) {
                throw idTaken(data);
            }
        }
        return stat.getCzxid();
    }

    private void deleteLeftBehind() throws Exception {
        try {
            Stat stat = new Stat();
            byte[] data = curator.getData().storingStatIn(stat).forPath(path);
            if (!isOwn(data)) {
                throw idTaken(data);
            }
            LOG.info(
                    "Replacing the registration that broker {} left behind under epoch {}", self.id(), stat.getCzxid());
            curator.delete().withVersion(stat.getVersion()).forPath(path);
        } catch (NoNodeException e) {
            LOG.debug("broker {} is not registered", self.id());
        }
    }

    private RefusedException idTaken(byte[] data) throws Exception {
        Broker other = BrokerJson.read(self.id(), data, 0);
        return new RefusedException("broker id " + self.id() + " is taken by the broker at " + other.endpoints()
                + ", registered in " + path + ": give each broker another broker.id");
    }

    private boolean isOwn(byte[] data) throws Exception {
        return BrokerJson.owner(data).equals(self.owner());
    }

    private boolean isOwnSession(Stat stat) throws Exception {
        return stat.getEphemeralOwner()
                == curator.getZookeeperClient().getZooKeeper().getSessionId();
    }

    private byte[] content() {
        Broker broker = new Broker(self.id(), 0, previousEpoch, self.rackOrNull(), self.endpoints(), draining, offline);
        byte[] content = BrokerJson.write(broker, self.owner(), clock.millis());
        if (content.length > NodeLimits.TRANSACTION_BYTES_MAX) {
            throw new RefusedException("registration of broker " + self.id() + " must fit in "
                    + NodeLimits.TRANSACTION_BYTES_MAX + " bytes in ZooKeeper, needs " + content.length
                    + ": the logs of "
                    + offline.size() + " partitions have failed, replace their log directory and restart the broker");
        }
        return content;
    }
}
