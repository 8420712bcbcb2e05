package io.tailrace.coordination;

/**
 * How to connect to ZooKeeper.
 *
 * @param connect {@code zookeeper.connect}: {@code host:port,host:port}, followed by the path below which the cluster is kept,
 *     if it is not the root
 * @param sessionTimeoutMs {@code zookeeper.session.timeout.ms}: a broker that is silent for longer counts as dead
 * @param connectTimeoutMs how long to wait for the first connection
 */
public record ZooKeeperConfig(String connect, int sessionTimeoutMs, int connectTimeoutMs) {
    public ZooKeeperConfig {
        if (connect.isBlank()) {
            throw new IllegalArgumentException("zookeeper.connect must be host:port[,host:port][/path], is empty");
        }
        if (sessionTimeoutMs < 1 || connectTimeoutMs < 1) {
            throw new IllegalArgumentException("timeouts of ZooKeeper must be positive, are " + sessionTimeoutMs
                    + " ms for the session and " + connectTimeoutMs + " ms to connect");
        }
    }

    /** With a session timeout of eighteen seconds, and thirty to connect. */
    public static ZooKeeperConfig of(String connect) {
        return new ZooKeeperConfig(connect, 18_000, 30_000);
    }
}
