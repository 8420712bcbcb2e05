package io.tailrace.coordination;

import io.tailrace.replication.cluster.Broker;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Until when a broker may take for granted that it is registered, by this machine's steady clock alone: a broker that was
 * paused knows so the moment it wakes. Thread-safe.
 *
 * <p>ZooKeeper is asked for the broker's node a few times in each session timeout. An answer that shows it, under the same
 * epoch and in the session that asked, is good for one session timeout from the moment of asking, since asking is what
 * keeps the session alive.
 */
final class RegistrationLease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrationLease.class);
    private static final int ASKED_PER_TIMEOUT = 6;
    private static final long ASKED_AGAIN_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(100);

    /** The lease of a broker epoch; of none while the broker is not registered. */
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

    /** Begins to ask. */
    void start() {
        execute(this::ask);
    }

    private void execute(Runnable task) {
        if (!executor.isShutdown()) {
            executor.execute(task);
        }
    }

    /** Whether the broker is registered, as surely as can be known without asking. */
    boolean holds() {
        Grant now = grant;
        return now.epoch() != Broker.NONE && now.untilNanos() - System.nanoTime() > 0;
    }

    /** The broker was found registered under this epoch, by calls the first of which was made at {@code askedNanos}. */
    synchronized void begin(long epoch, long askedNanos) {
        grant = new Grant(epoch, askedNanos + timeoutNanos());
    }

    /** The session is known to be lost. */
    synchronized void end() {
        grant = new Grant(Broker.NONE, 0);
    }

    private void ask() {
        long askedNanos = System.nanoTime();
        try {
            curator.checkExists()
                    .inBackground((client, event) -> execute(() -> answered(event, askedNanos)))
                    .forPath(path);
        } catch (Exception e) {
            LOG.debug("{} is not asked for: {}", path, e.toString());
            askLater();
        }
    }

    private void answered(CuratorEvent event, long askedNanos) {
        Stat stat = event.getStat();
        if (stat != null && isOwnSession(stat)) {
            extend(stat.getCzxid(), askedNanos);
        }
        askLater();
    }

    private synchronized void extend(long epoch, long askedNanos) {
        if (grant.epoch() == epoch) {
            grant = new Grant(epoch, Math.max(grant.untilNanos(), askedNanos + timeoutNanos()));
        }
    }

    /** Asked after the answer, so that the answer came in this session, too. */
    private boolean isOwnSession(Stat stat) {
        try {
            return stat.getEphemeralOwner()
                    == curator.getZookeeperClient().getZooKeeper().getSessionId();
        } catch (Exception e) {
            LOG.debug("the connection to ZooKeeper is lost: {}", e.toString());
            return false;
        }
    }

    private void askLater() {
        if (!executor.isShutdown()) {
            long pauseNanos = Math.max(ASKED_AGAIN_NANOS_MIN, timeoutNanos() / ASKED_PER_TIMEOUT);
            var unused = executor.schedule(this::ask, pauseNanos, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * As ZooKeeper has granted it, which may be less than was asked for; 0 while there is no session. The session itself is
     * asked: what Curator remembers is 0 for good when a late event of the former session came before the first of this one.
     */
    private long timeoutNanos() {
        try {
            return TimeUnit.MILLISECONDS.toNanos(
                    curator.getZookeeperClient().getZooKeeper().getSessionTimeout());
        } catch (Exception e) {
            LOG.debug("the connection to ZooKeeper is lost: {}", e.toString());
            return 0;
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
