package io.tailrace.loader;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreMutex;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.ExponentialBackoffRetry;

/**
 * The right of one process at a time to load for a group, kept in ZooKeeper.
 *
 * <p>A lock that may have been lost counts as lost: when the connection breaks, {@link #check} fails from then on, even
 * if ZooKeeper would have given the lock back. Thread-safe.
 */
final class LoaderLock implements RunGuard, AutoCloseable {
    private static final int SESSION_TIMEOUT_MS = 30_000;
    private static final int CONNECT_TIMEOUT_MS = 10_000;
    private static final ExponentialBackoffRetry RETRIES = new ExponentialBackoffRetry(500, 4);

    private final String group;
    private final CuratorFramework zookeeper;
    private final InterProcessSemaphoreMutex mutex;
    private volatile boolean isHeld;

    private LoaderLock(String group, CuratorFramework zookeeper) {
        this.group = group;
        this.zookeeper = zookeeper;
        this.mutex = new InterProcessSemaphoreMutex(zookeeper, path(group));
    }

    /**
     * Takes the lock.
     *
     * @throws IOException when another process has it, or ZooKeeper cannot be reached
     */
    static LoaderLock acquire(String zookeeperConnect, String group) throws IOException {
        CuratorFramework zookeeper =
                CuratorFrameworkFactory.newClient(zookeeperConnect, SESSION_TIMEOUT_MS, CONNECT_TIMEOUT_MS, RETRIES);
        LoaderLock lock = new LoaderLock(group, zookeeper);
        zookeeper.getConnectionStateListenable().addListener((client, state) -> {
            if (state == ConnectionState.SUSPENDED || state == ConnectionState.LOST) {
                lock.isHeld = false;
            }
        });
        zookeeper.start();
        try {
            lock.take(zookeeperConnect);
            return lock;
        } catch (IOException | RuntimeException e) {
            zookeeper.close();
            throw e;
        }
    }

    private void take(String zookeeperConnect) throws IOException {
        boolean taken;
        try {
            if (!zookeeper.blockUntilConnected(CONNECT_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                throw new IOException("ZooKeeper at " + zookeeperConnect + " cannot be reached");
            }
            isHeld = true;
            taken = mutex.acquire(0, TimeUnit.MILLISECONDS);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while taking the lock of group " + group, e);
        } catch (Exception e) {
            throw new IOException("cannot take the lock of group " + group + " in ZooKeeper: " + e.getMessage(), e);
        }
        if (!taken) {
            throw new IOException(
                    "another load of group " + group + " is running; it holds " + path(group) + " in ZooKeeper");
        }
    }

    private static String path(String group) {
        return "/tailrace/loader/" + group + "/lock";
    }

    @Override
    public void check() throws CommitConflictException {
        if (!isHeld) {
            throw new CommitConflictException("the connection to ZooKeeper broke, and the lock of group " + group
                    + " with it; nothing was committed");
        }
    }

    /** Gives the lock back. */
    @Override
    public void close() {
        // Ending the session removes the lock's ephemeral node, whatever state the mutex is in.
        zookeeper.close();
    }
}
