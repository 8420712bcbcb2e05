package io.tailrace.server.monitor;

import io.tailrace.config.ConfigException;
import io.tailrace.coordination.Controller;
import io.tailrace.metrics.MetricsEndpoint;
import io.tailrace.server.api.RequestMetrics;
import io.tailrace.server.cluster.ClusterNode;
import io.tailrace.server.cluster.ClusterView;
import io.tailrace.server.cluster.Storage;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.fetch.FetchSessions;
import io.tailrace.server.group.GroupCoordinator;
import io.tailrace.server.network.SocketServer;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.Partitions;
import io.tailrace.server.transaction.Transactions;
import java.util.concurrent.CompletionStage;

/** The endpoint of a broker for metrics and health, from before it opens its logs until it has stopped. Thread-safe. */
public final class BrokerMonitor implements AutoCloseable {
    private final BrokerConfig config;
    private final BrokerHealth health;
    private final MetricsEndpoint endpoint;

    /** The parts that it watches. */
    public record Parts(
            ClusterNode node,
            ClusterView cluster,
            Controller controller,
            Partitions partitions,
            GroupCoordinator groups,
            Transactions transactions,
            FetchSessions fetchSessions,
            Storage storage,
            SocketServer sockets,
            RequestMetrics requests,
            Clocks clocks) {}

    private BrokerMonitor(BrokerConfig config, BrokerHealth health, MetricsEndpoint endpoint) {
        this.config = config;
        this.health = health;
        this.endpoint = endpoint;
    }

    /**
     * Starts the endpoint, if one is configured.
     *
     * @throws ConfigException if its address cannot be listened on
     */
    public static BrokerMonitor start(BrokerConfig config) {
        BrokerHealth health = new BrokerHealth(config.brokerId());
        return new BrokerMonitor(
                config, health, MetricsEndpoint.start(config.metrics().listener(), health));
    }

    /**
     * Watches the parts of the broker from now on. For one call.
     *
     * @param failure completes exceptionally when the broker cannot go on
     */
    public void watch(Parts parts, CompletionStage<Void> failure) {
        health.watch(parts.node());
        var unused = failure.exceptionally(cause -> {
            health.failed(cause);
            return null;
        });
        int partitionsMax = config.metrics().partitionsMax();
        endpoint.register(metrics -> {
            new ClusterMetrics(config.brokerId(), parts.cluster(), parts.partitions(), partitionsMax).register(metrics);
            new ReplicaMetrics(
                            config.brokerId(),
                            parts.cluster(),
                            parts.partitions(),
                            parts.node().isrUpdates())
                    .register(metrics);
            new FetchMetrics(parts.fetchSessions(), parts.node()::followerLagMax).register(metrics);
            new ControllerMetrics(config.brokerId(), parts.cluster(), parts.controller()).register(metrics);
            new TrafficMetrics(parts.partitions(), parts.requests(), partitionsMax).register(metrics);
            new GroupMetrics(parts.groups(), parts.partitions(), parts.clocks(), partitionsMax).register(metrics);
            new CoordinatorMetrics(parts.groups(), parts.clocks()).register(metrics);
            new TransactionMetrics(parts.transactions(), parts.clocks()).register(metrics);
            new NetworkMetrics(parts.sockets()).register(metrics);
            new StorageMetrics(parts.storage().directories(), partitionsMax).register(metrics);
            new CompactionMetrics(parts.storage(), parts.clocks().steadyMs()).register(metrics);
        });
    }

    /** The broker begins to stop. */
    public void stopping() {
        health.stopping();
    }

    /** The endpoint's port, -1 if there is none. */
    public int port() {
        return endpoint.port();
    }

    @Override
    public void close() {
        endpoint.close();
    }
}
