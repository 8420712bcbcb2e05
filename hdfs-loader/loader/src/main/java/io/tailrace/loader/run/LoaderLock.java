package io.tailrace.loader.run;

import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.CommitConflictException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.Lease;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock in ZooKeeper that lets one process at a time load for a group. An ephemeral node is the lock, so it ends with the
 * session of its owner: after a {@code kill -9}, once the session times out.
 *
 * <p>While the connection to ZooKeeper is down, nobody knows whether the session survives. {@link #throwIfAborted} waits until it
 * does: the lock is kept if its node still belongs to this session, and lost otherwise. Thread-safe.
 */
public final class LoaderLock implements AbortCheck, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LoaderLock.class);

    /** How long a lock outlives its process. Shorter pauses of a process or of the network do not cost the lock. */
    public static final int SESSION_TIMEOUT_MS = 30_000;

    private static final int CONNECT_TIMEOUT_MS = 10_000;
    private static final ExponentialBackoffRetry RETRIES = new ExponentialBackoffRetry(500, 4);

    /** Session timeouts that a check waits for a decision. Curator reports a lost session after one. */
    private static final int UNDECIDED_SESSIONS_MAX = 2;

    private enum State {
        /** The node belongs to this session. */
        HELD,
        /** The connection is down. */
        SUSPENDED,
        /** The connection is up, and the node's owner is not checked yet. */
        UNVERIFIED,
        /** The node is gone, or belongs to another session. Final. */
        LOST
    }

    private final String group;
    private final int sessionTimeoutMs;
    private final CuratorFramework zookeeper;
    private volatile State state = State.SUSPENDED;
    private volatile @Nullable String node;

    private LoaderLock(String group, int sessionTimeoutMs, CuratorFramework zookeeper) {
        this.group = group;
        this.sessionTimeoutMs = sessionTimeoutMs;
        this.zookeeper = zookeeper;
    }

    /**
     * Takes the lock.
     *
     * @param waitMs how long to wait for another process to release it, or for its session to end
     * @throws IOException if another process holds it for longer, ZooKeeper cannot be reached, or the thread is interrupted
     */
    public static LoaderLock acquire(String zookeeperConnect, String group, long waitMs) throws IOException {
        return acquire(zookeeperConnect, group, waitMs, SESSION_TIMEOUT_MS);
    }

    static LoaderLock acquire(String zookeeperConnect, String group, long waitMs, int sessionTimeoutMs)
            throws IOException {
        CuratorFramework zookeeper =
                CuratorFrameworkFactory.newClient(zookeeperConnect, sessionTimeoutMs, CONNECT_TIMEOUT_MS, RETRIES);
        LoaderLock lock = new LoaderLock(group, sessionTimeoutMs, zookeeper);
        zookeeper.getConnectionStateListenable().addListener((client, state) -> lock.changed(state));
        zookeeper.start();
        try {
            lock.take(zookeeperConnect, waitMs);
            return lock;
        } catch (IOException | RuntimeException e) {
            zookeeper.close();
            throw e;
        }
    }

    private void take(String zookeeperConnect, long waitMs) throws IOException {
        Lease lease;
        try {
            long connectMs = Math.max(waitMs, CONNECT_TIMEOUT_MS);
            if (!zookeeper.blockUntilConnected((int) Math.min(connectMs, Integer.MAX_VALUE), TimeUnit.MILLISECONDS)) {
                throw new IOException("cannot reach ZooKeeper at " + zookeeperConnect + " within " + connectMs
                        + " ms. Check zookeeper.connect and that ZooKeeper runs");
            }
            InterProcessSemaphoreV2 semaphore = new InterProcessSemaphoreV2(zookeeper, path(), 1);
            lease = semaphore.acquire(0, TimeUnit.MILLISECONDS);
            if (lease == null && waitMs > 0) {
                log.info("waiting until another load ends: group {}, lock {}", group, path());
                lease = semaphore.acquire(waitMs, TimeUnit.MILLISECONDS);
            }
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while taking the lock of group " + group, e);
        } catch (Exception e) {
            throw new IOException("cannot take the lock of group " + group + ": " + e.getMessage(), e);
        }
        if (lease == null) {
            throw new IOException("another load of group " + group + " is running: it held the lock " + path()
                    + " in ZooKeeper for " + waitMs + " ms. Wait until it ends, or set lock.wait.ms");
        }
        node = path() + "/leases/" + lease.getNodeName();
        state = State.UNVERIFIED;
    }

    private String path() {
        return "/tailrace/loader/" + group + "/lock";
    }

    private synchronized void changed(ConnectionState connection) {
        if (state == State.LOST) {
            return;
        }
        if (connection == ConnectionState.RECONNECTED) {
            state = State.UNVERIFIED;
        } else if (connection == ConnectionState.SUSPENDED || connection == ConnectionState.LOST) {
            boolean isOver = connection == ConnectionState.LOST && node != null;
            state = isOver ? State.LOST : State.SUSPENDED;
        }
        notifyAll();
    }

    @Override
    public void throwIfAborted() throws CommitConflictException {
        if (state != State.HELD && !isRecovered()) {
            throw new CommitConflictException(
                    "the lock of group " + group
                            + " is lost: its session in ZooKeeper ended, or was not restored. Nothing was committed; load again");
        }
    }

    /** Whether the connection is down, and the session may still be alive. */
    boolean isSuspended() {
        return state == State.SUSPENDED;
    }

    /** Waits until it is clear whether the session survived. */
    private boolean isRecovered() throws CommitConflictException {
        long endNanos =
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos((long) UNDECIDED_SESSIONS_MAX * sessionTimeoutMs);
        while (state != State.HELD && state != State.LOST) {
            awaitConnection(endNanos);
            if (state == State.UNVERIFIED) {
                verify();
            } else if (System.nanoTime() - endNanos >= 0) {
                lose();
            }
        }
        return state == State.HELD;
    }

    private synchronized void awaitConnection(long endNanos) throws CommitConflictException {
        try {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
            while (state == State.SUSPENDED && leftMs > 0) {
                wait(leftMs);
                leftMs = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommitConflictException("interrupted while waiting for ZooKeeper. Nothing was committed");
        }
    }

    private void verify() {
        boolean isOwner;
        try {
            Stat stat = zookeeper.checkExists().forPath(node);
            isOwner = stat != null
                    && stat.getEphemeralOwner()
                            == zookeeper.getZookeeperClient().getZooKeeper().getSessionId();
        } catch (Exception e) {
            // The connection broke again, or this thread is interrupted: undecided.
            log.warn("cannot check the owner of the lock of group {}: {}", group, e.getMessage());
            suspend();
            return;
        }
        if (isOwner) {
            hold();
        } else {
            lose();
        }
    }

    private synchronized void hold() {
        state = state == State.UNVERIFIED ? State.HELD : state;
    }

    /** If the connection came back meanwhile, Curator has reported that, and will not do so again. */
    private synchronized void suspend() {
        boolean isUp = zookeeper.getZookeeperClient().isConnected();
        state = state == State.UNVERIFIED && !isUp ? State.SUSPENDED : state;
    }

    private synchronized void lose() {
        state = State.LOST;
    }

    /** Releases the lock. */
    @Override
    public void close() {
        // Ending the session deletes the lock's ephemeral node in any state.
        zookeeper.close();
    }
}
