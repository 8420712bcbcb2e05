package io.tailrace.coordination;

/**
 * How to reach ZooKeeper.
 *
 * @param connect {@code zookeeper.connect}: {@code host:port,host:port}, with a path at the end if the cluster is to live
 *     below one
 * @param sessionTimeoutMs {@code zookeeper.session.timeout.ms}: how long a broker that is not heard of counts as alive
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

    /** With eighteen seconds for a session and thirty to connect. */
    public static ZooKeeperConfig of(String connect) {
        return new ZooKeeperConfig(connect, 18_000, 30_000);
    }
}
