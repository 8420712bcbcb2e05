package io.tailrace.coordination;

import io.tailrace.replication.cluster.Broker;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time until which a broker may rely on being registered, measured by this machine's steady clock alone: a broker that was
 * paused knows at once when it resumes. Thread-safe.
 *
 * <p>The lease reads the broker's node a few times in each session timeout. An answer that shows the node, with the same epoch
 * and in the session that asked, extends the lease to one session timeout after the request was sent, because that request
 * kept the session alive.
 */
final class RegistrationLease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrationLease.class);
    private static final int READS_PER_TIMEOUT = 6;
    private static final long READ_INTERVAL_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(100);

    /** The lease of a broker epoch, {@link Broker#NONE} while the broker is not registered. */
    private record Grant(long epoch, long untilNanos) {}

    private final CuratorFramework curator;
    private final String path;
    private final SingleThread executor;
    /** Written under this object's monitor. */
    private volatile Grant grant = new Grant(Broker.NONE, 0);

    RegistrationLease(ZooKeeperSession session, int brokerId) {
        this.curator = session.curator();
        this.path = ZNodes.broker(brokerId);
        this.executor = session.thread("broker-lease");
    }

    void start() {
        executor.executeIfRunning(this::read);
    }

    /** Whether the broker may rely on being registered. Does not ask ZooKeeper. */
    boolean holds() {
        Grant now = grant;
        return now.epoch() != Broker.NONE && now.untilNanos() - System.nanoTime() > 0;
    }

    /** The broker is registered under this epoch, according to requests of which the first was sent at {@code askedNanos}. */
    synchronized void begin(long epoch, long askedNanos) {
        grant = new Grant(epoch, askedNanos + timeoutNanos());
    }

    /** The session is lost. */
    synchronized void end() {
        grant = new Grant(Broker.NONE, 0);
    }

    private void read() {
        long askedNanos = System.nanoTime();
        try {
            curator.checkExists()
                    .inBackground((client, event) -> executor.executeIfRunning(() -> answered(event, askedNanos)))
                    .forPath(path);
        } catch (Exception e) {
            LOG.debug("cannot read {}: {}", path, e.toString());
            readLater();
        }
    }

    private void answered(CuratorEvent event, long askedNanos) {
        Stat stat = event.getStat();
        if (stat != null && isOwnSession(stat)) {
            extend(stat.getCzxid(), askedNanos);
        }
        readLater();
    }

    private synchronized void extend(long epoch, long askedNanos) {
        if (grant.epoch() == epoch) {
            grant = new Grant(epoch, Math.max(grant.untilNanos(), askedNanos + timeoutNanos()));
        }
    }

    /** Compared after the answer, so that the answer belongs to this session as well. */
    private boolean isOwnSession(Stat stat) {
        try {
            return stat.getEphemeralOwner()
                    == curator.getZookeeperClient().getZooKeeper().getSessionId();
        } catch (Exception e) {
            LOG.debug("no connection to ZooKeeper: {}", e.toString());
            return false;
        }
    }

    private void readLater() {
        if (!executor.isShutdown()) {
            long pauseNanos = Math.max(READ_INTERVAL_NANOS_MIN, timeoutNanos() / READS_PER_TIMEOUT);
            var unused = executor.schedule(this::read, pauseNanos, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * The timeout that ZooKeeper granted, which may be less than the configured one; 0 while there is no session. Taken from the
     * session: Curator's copy stays 0 if a late event of the previous session came before the first of this one.
     */
    private long timeoutNanos() {
        try {
            return TimeUnit.MILLISECONDS.toNanos(
                    curator.getZookeeperClient().getZooKeeper().getSessionTimeout());
        } catch (Exception e) {
            LOG.debug("no connection to ZooKeeper: {}", e.toString());
            return 0;
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
