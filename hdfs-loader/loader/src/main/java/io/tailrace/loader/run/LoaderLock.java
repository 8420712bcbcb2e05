package io.tailrace.loader.run;

import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.CommitConflictException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreMutex;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.ExponentialBackoffRetry;

/**
 * The lock in ZooKeeper that lets one process at a time load for a group.
 *
 * <p>When the connection to ZooKeeper breaks, the lock counts as lost from then on, even if the session survives.
 * Thread-safe.
 */
public final class LoaderLock implements AbortCheck, AutoCloseable {
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
     * @throws IOException if another process holds it or ZooKeeper cannot be reached
     */
    public static LoaderLock acquire(String zookeeperConnect, String group) throws IOException {
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
                throw new IOException("cannot reach ZooKeeper at " + zookeeperConnect + " within " + CONNECT_TIMEOUT_MS
                        + " ms. Check zookeeper.connect and that ZooKeeper runs");
            }
            isHeld = true;
            taken = mutex.acquire(0, TimeUnit.MILLISECONDS);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while taking the lock of group " + group, e);
        } catch (Exception e) {
            throw new IOException("cannot take the lock of group " + group + ": " + e.getMessage(), e);
        }
        if (!taken) {
            throw new IOException("another load of group " + group + " is running: it holds the lock " + path(group)
                    + " in ZooKeeper. Wait until it ends");
        }
    }

    private static String path(String group) {
        return "/tailrace/loader/" + group + "/lock";
    }

    @Override
    public void throwIfAborted() throws CommitConflictException {
        if (!isHeld) {
            throw new CommitConflictException("lost the connection to ZooKeeper and with it the lock of group " + group
                    + ". Nothing was committed; load again");
        }
    }

    /** Releases the lock. */
    @Override
    public void close() {
        // Ending the session deletes the lock's ephemeral node in any state of the mutex.
        zookeeper.close();
    }
}
