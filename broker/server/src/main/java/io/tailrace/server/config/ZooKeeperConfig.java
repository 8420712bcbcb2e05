package io.tailrace.server.config;

/**
 * Where the cluster's state is.
 *
 * @param connect {@code zookeeper.connect}: hosts, and a chroot if any
 * @param sessionTimeoutMs {@code zookeeper.session.timeout.ms}
 * @param connectionTimeoutMs {@code zookeeper.connection.timeout.ms}
 */
public record ZooKeeperConfig(String connect, int sessionTimeoutMs, int connectionTimeoutMs) {}
