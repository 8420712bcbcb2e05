package io.tailrace.coordination;

import io.tailrace.protocol.TopicPartition;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.framework.state.ConnectionStateListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this broker registered as an ephemeral node, whose czxid is the broker epoch.
 *
 * <p>When the session is lost, the listener is notified first, so that the broker fences itself. In the next session the broker
 * registers again, under a larger epoch and naming the first one: the process lives, so nothing written since then is lost.
 *
 * <p>Thread-safe. Listener calls come one at a time, on one thread.
 */
public final class BrokerRegistration implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerRegistration.class);
    private static final long RETRY_MS = 1_000;

    /** Receives changes of the registration. */
    public interface Listener {
        /** The broker is registered under this epoch: a new one, or after a lost connection the same one. */
        void registered(long brokerEpoch);

        /** The registration is gone, or may be. */
        void sessionLost();

        /** This broker cannot be registered, now or later: another one has its id, or it has too many failed logs. */
        void refused(CoordinationException reason);
    }

    private final ZooKeeperSession session;
    private final BrokerInfo self;
    private final Listener listener;
    private final SingleThread executor;
    private final RegistrationLease lease;
    private final ConnectionStateListener onConnection = (client, state) -> connectionChanged(state);
    /** Used on the executor's thread only. */
    private final BrokerNode node;

    public BrokerRegistration(ZooKeeperSession session, BrokerInfo self, InstantSource clock, Listener listener) {
        this.session = session;
        this.self = self;
        this.listener = listener;
        executor = session.thread("broker-registration");
        lease = new RegistrationLease(session, self.id());
        node = new BrokerNode(session, self, clock);
    }

    /**
     * Registers, notifies the listener, and from then on keeps the broker registered.
     *
     * @throws CoordinationException if another broker has the id, or ZooKeeper does not answer
     */
    public void start() {
        await(this::register);
        session.curator().getConnectionStateListenable().addListener(onConnection);
        lease.start();
    }

    /**
     * Whether this broker may rely on being registered: ZooKeeper has confirmed it, and the session cannot have ended since.
     * Only reads a clock, so the answer is right also in a process that was just resumed.
     */
    public boolean holds() {
        return lease.holds();
    }

    /** Asks the controller to move all leadership away from this broker, which shuts down. */
    public void drain() {
        await(node::drain);
    }

    /**
     * Reports to the controller that this broker cannot use the logs of these partitions. Returns at once; the report is
     * retried until it succeeds. Before {@link #start} it becomes part of the registration.
     */
    public void partitionsOffline(Set<TopicPartition> partitions) {
        executor.executeIfRunning(() -> {
            node.addOffline(partitions);
            reportOffline();
        });
    }

    /** Takes a report of {@link #partitionsOffline} back, in the same way. */
    public void partitionsOnline(Set<TopicPartition> partitions) {
        executor.executeIfRunning(() -> {
            node.removeOffline(partitions);
            reportOffline();
        });
    }

    /** Deletes the registration. Without a connection it stays until the session ends; this does not wait for one. */
    @Override
    public void close() {
        session.curator().getConnectionStateListenable().removeListener(onConnection);
        lease.close();
        executor.execute(node::unregister);
        executor.finish();
    }

    private void reportOffline() {
        boolean unused = keepTrying(node::reportOffline, this::reportOffline);
    }

    private void connectionChanged(ConnectionState state) {
        switch (state) {
            case SUSPENDED ->
                LOG.warn(
                        "Connection to ZooKeeper lost: broker {} serves until its lease ends, after {} ms at most;"
                                + " meanwhile no leader, ISR or topic changes on {}",
                        self.id(),
                        session.timeoutMs(),
                        session.connect());
            case LOST -> {
                LOG.warn("ZooKeeper session lost: broker {} leads nothing until it is registered again", self.id());
                // Now, not on the executor, which may be waiting for ZooKeeper.
                lease.end();
                executor.executeIfRunning(listener::sessionLost);
            }
            case RECONNECTED -> {
                LOG.info("Connection to ZooKeeper restored: broker {} checks its registration", self.id());
                executor.executeIfRunning(this::registerAgain);
            }
            default -> LOG.debug("connection to ZooKeeper is {}", state);
        }
    }

    private void registerAgain() {
        boolean unused = keepTrying(this::register, this::registerAgain);
    }

    private void register() {
        long askedNanos = System.nanoTime();
        long epoch = node.register();
        lease.begin(epoch, askedNanos);
        listener.registered(epoch);
    }

    /** Runs {@code attempt}; schedules {@code again} and returns false if ZooKeeper does not answer. */
    private boolean keepTrying(Runnable attempt, Runnable again) {
        try {
            attempt.run();
            return true;
        } catch (BrokerNode.RefusedException e) {
            LOG.error("Broker {} cannot be registered: {}", self.id(), e.getMessage());
            listener.refused(e);
        } catch (CoordinationException e) {
            LOG.warn("Broker {} tries again in about {} ms: {}", self.id(), RETRY_MS, e.getMessage());
            executor.retry(again, RETRY_MS);
        }
        return false;
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
