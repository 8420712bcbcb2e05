package io.tailrace.coordination;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.Endpoint;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.framework.state.ConnectionStateListener;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this broker registered as an ephemeral node, whose czxid is the broker epoch.
 *
 * <p>When the session is lost the listener hears so first, so that the broker fences itself; once there is a session again
 * the broker registers anew, under a larger epoch that names the first one: the process lives, so nothing written since
 * then is lost. A node left behind by this broker itself is replaced. One of another broker with the same id is not
 * touched.
 *
 * <p>Listener calls come one at a time, on one thread.
 */
public final class BrokerRegistration implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerRegistration.class);
    private static final long RETRY_MS = 1_000;

    /**
     * What a broker says of itself.
     *
     * @param id the broker's id
     * @param owner different for each set of log directories: tells a node this broker left behind from one of another
     *     broker with the same id
     * @param rackOrNull its failure domain, null if none is configured
     * @param endpoints where to reach it
     * @param previousEpoch the earliest broker epoch since which nothing written can have been lost, if the process before
     *     was stopped cleanly. Else {@link Broker#NONE}
     */
    public record Self(
            int id, String owner, @Nullable String rackOrNull, List<Endpoint> endpoints, long previousEpoch) {
        public Self {
            endpoints = List.copyOf(endpoints);
        }
    }

    /** Told of the registration's fate. */
    public interface Listener {
        /** The broker is registered under this epoch: anew, or still, after the connection was gone. */
        void registered(long brokerEpoch);

        /** The connection is gone; the registration may still stand. */
        void suspended();

        /** The registration is gone, or cannot be told from gone. */
        void sessionLost();

        /** Another broker took the id meanwhile: this one cannot come back. The message says which. */
        void refused(CoordinationException reason);
    }

    private static final class IdTakenException extends CoordinationException {
        private static final long serialVersionUID = 1L;

        IdTakenException(String message) {
            super(message);
        }
    }

    private final ZooKeeperSession session;
    private final CuratorFramework curator;
    private final Self self;
    private final InstantSource clock;
    private final Listener listener;
    private final SingleThread executor;
    private final RegistrationLease lease;
    private final ConnectionStateListener onConnection = (client, state) -> changed(state);
    /** These are used on the executor's thread only. */
    private long epoch = Broker.NONE;

    private long previousEpoch;

    private boolean draining;

    private final Set<TopicPartition> offline = new HashSet<>();

    public BrokerRegistration(ZooKeeperSession session, Self self, InstantSource clock, Listener listener) {
        this.session = session;
        curator = session.curator();
        this.self = self;
        previousEpoch = self.previousEpoch();
        this.clock = clock;
        this.listener = listener;
        executor = session.thread("broker-registration");
        lease = new RegistrationLease(session, self.id());
    }

    /**
     * Registers, tells the listener, and goes on to keep the broker registered.
     *
     * @throws CoordinationException if another broker has the id, or ZooKeeper does not answer
     */
    public void start() {
        await(this::register);
        curator.getConnectionStateListenable().addListener(onConnection);
        lease.start();
    }

    /**
     * Whether this broker may rely on being registered: ZooKeeper has confirmed it, and its session cannot have ended since.
     * Reads a clock and nothing else, so that it is true also of a process that has just been woken.
     */
    public boolean holds() {
        return lease.holds();
    }

    /** Tells the controller that this broker shuts down and wants to lead nothing. */
    public void drain() {
        await(() -> {
            draining = true;
            say("that it shuts down");
        });
    }

    /**
     * Tells the controller that this broker cannot use the logs of these partitions any more, beside those it was told before,
     * until the process ends. Returns at once; what could not be said is said again, until it is.
     */
    public void partitionsOffline(Set<TopicPartition> partitions) {
        execute(() -> {
            offline.addAll(partitions);
            sayOffline();
        });
    }

    private void sayOffline() {
        try {
            say("that logs of it have failed");
        } catch (CoordinationException e) {
            LOG.warn("broker {} tries again in about {} ms: {}", self.id(), RETRY_MS, e.getMessage());
            executor.retry(this::sayOffline, RETRY_MS);
        }
    }

    /** Writes the node as it should be. While it is not there it need not be: registering writes it. */
    private void say(String what) {
        String path = ZNodes.broker(self.id());
        try {
            Stat existing = curator.checkExists().forPath(path);
            if (existing != null && existing.getCzxid() == epoch) {
                curator.setData().withVersion(existing.getVersion()).forPath(path, node());
            }
        } catch (Exception e) {
            throw session.failure("say of broker " + self.id() + " " + what, e);
        }
    }

    /** Takes the registration back; without a connection it stays until its session ends, and nobody waits for one. */
    @Override
    public void close() {
        curator.getConnectionStateListenable().removeListener(onConnection);
        lease.close();
        executor.execute(() -> {
            try {
                if (epoch != Broker.NONE && session.isConnected()) {
                    curator.delete().forPath(ZNodes.broker(self.id()));
                }
            } catch (NoNodeException e) {
                LOG.debug("broker {} was not registered any more", self.id());
            } catch (Exception e) {
                LOG.warn("registration of broker {} stays until its session ends: {}", self.id(), e.getMessage());
            }
        });
        executor.shutdown();
        try {
            if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void changed(ConnectionState state) {
        switch (state) {
            case SUSPENDED -> execute(listener::suspended);
            case LOST -> {
                // At once: the executor may be waiting for ZooKeeper.
                lease.end();
                execute(listener::sessionLost);
            }
            case RECONNECTED -> execute(this::registerAgain);
            default -> LOG.debug("connection to ZooKeeper is {}", state);
        }
    }

    private void execute(Runnable task) {
        if (!executor.isShutdown()) {
            executor.execute(task);
        }
    }

    private void registerAgain() {
        try {
            register();
        } catch (IdTakenException e) {
            LOG.error("broker {} could not register again: {}", self.id(), e.getMessage());
            listener.refused(e);
        } catch (CoordinationException e) {
            LOG.warn("broker {} tries again in about {} ms: {}", self.id(), RETRY_MS, e.getMessage());
            executor.retry(this::registerAgain, RETRY_MS);
        }
    }

    private void register() {
        String path = ZNodes.broker(self.id());
        long askedNanos = System.nanoTime();
        try {
            Stat existing = curator.checkExists().forPath(path);
            if (existing != null && existing.getCzxid() == epoch && ownSession(existing)) {
                lease.begin(epoch, askedNanos);
                listener.registered(epoch);
                return;
            }
            replaceOwn(path);
            if (previousEpoch == Broker.NONE) {
                previousEpoch = epoch;
            }
            Stat created = new Stat();
            curator.create()
                    .storingStatIn(created)
                    .creatingParentsIfNeeded()
                    .withMode(CreateMode.EPHEMERAL)
                    .forPath(path, node());
            epoch = created.getCzxid();
        } catch (NodeExistsException e) {
            epoch = createdByLostCall(path, e);
        } catch (CoordinationException e) {
            throw e;
        } catch (Exception e) {
            throw session.failure("register broker " + self.id(), e);
        }
        lease.begin(epoch, askedNanos);
        LOG.info("broker {} is registered under epoch {}", self.id(), epoch);
        listener.registered(epoch);
    }

    /** A create that was repeated after its answer was lost finds the node it had created itself. */
    private long createdByLostCall(String path, Exception cause) {
        try {
            Stat stat = new Stat();
            byte[] data = curator.getData().storingStatIn(stat).forPath(path);
            if (ownSession(stat) && ZNodeJson.brokerOwner(data).equals(self.owner())) {
                return stat.getCzxid();
            }
            throw taken(path, data);
        } catch (CoordinationException e) {
            throw e;
        } catch (Exception e) {
            e.addSuppressed(cause);
            throw session.failure("register broker " + self.id(), e);
        }
    }

    private void replaceOwn(String path) throws Exception {
        try {
            Stat stat = new Stat();
            byte[] data = curator.getData().storingStatIn(stat).forPath(path);
            if (!ZNodeJson.brokerOwner(data).equals(self.owner())) {
                throw taken(path, data);
            }
            LOG.info(
                    "replacing the registration that broker {} left behind under epoch {}", self.id(), stat.getCzxid());
            curator.delete().withVersion(stat.getVersion()).forPath(path);
        } catch (NoNodeException e) {
            LOG.debug("broker {} is not registered yet", self.id());
        }
    }

    private IdTakenException taken(String path, byte[] data) throws Exception {
        Broker other = ZNodeJson.broker(self.id(), data, 0);
        return new IdTakenException("broker id " + self.id() + " is taken by the broker at " + other.endpoints()
                + ", registered in " + path + ": give each broker another broker.id");
    }

    private boolean ownSession(Stat stat) throws Exception {
        return stat.getEphemeralOwner()
                == curator.getZookeeperClient().getZooKeeper().getSessionId();
    }

    private byte[] node() {
        Broker broker = new Broker(self.id(), 0, previousEpoch, self.rackOrNull(), self.endpoints(), draining, offline);
        return ZNodeJson.broker(broker, self.owner(), clock.millis());
    }

    private void await(Runnable task) {
        try {
            CompletableFuture.runAsync(task, executor).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CoordinationException failure) {
                throw failure;
            }
            throw new CoordinationException("broker " + self.id() + " could not register", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinationException("interrupted while registering broker " + self.id(), e);
        }
    }
}
