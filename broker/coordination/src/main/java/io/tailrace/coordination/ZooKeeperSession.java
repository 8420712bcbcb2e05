package io.tailrace.coordination;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.BoundedExponentialBackoffRetry;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ZKConfig;

/**
 * This broker's connection to ZooKeeper. One per process, shared by everything here; thread-safe.
 *
 * <p>A session counts as lost no later than ZooKeeper itself ends it: the client notices silence after two thirds of the
 * timeout, and waits for the last third only.
 */
public final class ZooKeeperSession implements AutoCloseable {
    private static final int LAST_THIRD_PERCENT = 33;

    /** Bound of one answer. ZooKeeper's default of 1 MiB is too small for the names of five thousand topics. */
    private static final int RESPONSE_BYTES_MAX = 64 << 20;

    private final ZooKeeperConfig config;
    private final CuratorFramework curator;
    private final CompletableFuture<Void> failure = new CompletableFuture<>();

    private ZooKeeperSession(ZooKeeperConfig config, CuratorFramework curator) {
        this.config = config;
        this.curator = curator;
    }

    /**
     * Connects, and creates the path below which the cluster is kept.
     *
     * @throws CoordinationException if there is no connection within {@code connectTimeoutMs}
     */
    public static ZooKeeperSession open(ZooKeeperConfig config) {
        int slash = config.connect().indexOf('/');
        if (slash >= 0 && slash < config.connect().length() - 1) {
            ZooKeeperConfig root = new ZooKeeperConfig(
                    config.connect().substring(0, slash), config.sessionTimeoutMs(), config.connectTimeoutMs());
            try (ZooKeeperSession session = connect(root)) {
                session.createIfMissing(config.connect().substring(slash), new byte[0]);
            }
        }
        return connect(config);
    }

    private static ZooKeeperSession connect(ZooKeeperConfig config) {
        ZKClientConfig client = new ZKClientConfig();
        client.setProperty(ZKConfig.JUTE_MAXBUFFER, Integer.toString(RESPONSE_BYTES_MAX));
        CuratorFramework curator = CuratorFrameworkFactory.builder()
                .connectString(config.connect())
                .sessionTimeoutMs(config.sessionTimeoutMs())
                .connectionTimeoutMs(Math.min(config.connectTimeoutMs(), config.sessionTimeoutMs()))
                .retryPolicy(new BoundedExponentialBackoffRetry(50, 1000, 8))
                .simulatedSessionExpirationPercent(LAST_THIRD_PERCENT)
                .dontUseContainerParents()
                .ensembleTracker(false)
                .zkClientConfig(client)
                .build();
        curator.start();
        boolean connected = false;
        try {
            connected = curator.blockUntilConnected(config.connectTimeoutMs(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!connected) {
            curator.close();
            throw new CoordinationException("no connection to ZooKeeper at " + config.connect() + " within "
                    + config.connectTimeoutMs() + " ms: check zookeeper.connect, and that ZooKeeper runs");
        }
        return new ZooKeeperSession(config, curator);
    }

    /** Completes exceptionally when a thread that works with this session throws: a programming error. */
    public CompletionStage<Void> failure() {
        return failure.minimalCompletionStage();
    }

    /** A thread that reports what its tasks throw as this session's {@link #failure}. */
    SingleThread thread(String name) {
        return new SingleThread(name, failure::completeExceptionally);
    }

    CuratorFramework curator() {
        return curator;
    }

    boolean isConnected() {
        return curator.getZookeeperClient().isConnected();
    }

    String connect() {
        return config.connect();
    }

    int timeoutMs() {
        return config.sessionTimeoutMs();
    }

    /** Creates a node with its parents, unless it exists. */
    void createIfMissing(String path, byte[] data) {
        try {
            curator.create().creatingParentsIfNeeded().forPath(path, data);
        } catch (NodeExistsException e) {
            // It exists already.
        } catch (Exception e) {
            throw failure("create " + path, e);
        }
    }

    CoordinationException failure(String what, Exception cause) {
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return new CoordinationException(
                "cannot " + what + " in ZooKeeper at " + config.connect() + ": " + cause.getMessage(), cause);
    }

    /** Ends the session, and with it its ephemeral nodes. */
    @Override
    public void close() {
        curator.close();
    }
}
