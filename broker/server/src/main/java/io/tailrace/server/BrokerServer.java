package io.tailrace.server;

import io.tailrace.coordination.BrokerConfigs;
import io.tailrace.coordination.ClusterIdentity;
import io.tailrace.coordination.ClusterTree;
import io.tailrace.coordination.Controller;
import io.tailrace.coordination.GroupConfigs;
import io.tailrace.coordination.ProducerIdBlocks;
import io.tailrace.coordination.TopicStore;
import io.tailrace.coordination.ZooKeeperSession;
import io.tailrace.groups.GroupsShard;
import io.tailrace.server.api.BlockingCalls;
import io.tailrace.server.api.ConfigChanges;
import io.tailrace.server.api.RequestRouter;
import io.tailrace.server.cluster.ClusterNode;
import io.tailrace.server.cluster.ClusterView;
import io.tailrace.server.cluster.Lease;
import io.tailrace.server.cluster.Storage;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.config.Listener;
import io.tailrace.server.config.NetworkConfig;
import io.tailrace.server.fetch.FetchSessions;
import io.tailrace.server.group.ClusterTopics;
import io.tailrace.server.group.GroupCoordinator;
import io.tailrace.server.group.GroupShards;
import io.tailrace.server.monitor.BrokerMonitor;
import io.tailrace.server.network.NetworkLimits;
import io.tailrace.server.network.PeerFaultLog;
import io.tailrace.server.network.SocketServer;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.LeadershipListener;
import io.tailrace.server.partition.Partitions;
import io.tailrace.server.shard.ShardCount;
import io.tailrace.server.shard.ShardHosts;
import io.tailrace.server.shard.ShardThreads;
import io.tailrace.server.transaction.Transactions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker in this process: {@link #start} it, connect to {@link #port}, {@link #close} it. Thread-safe.
 *
 * <p>It stops in this order: it hands over leadership, answers the requests in flight, closes connections, closes the logs with
 * the clean-shutdown marker, and removes its registration.
 */
public final class BrokerServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerServer.class);

    /**
     * Bounds requests other than Produce, which are decoded into objects many times their size. No honest client reaches this
     * bound.
     */
    private static final int CONTROL_REQUEST_BYTES_MAX = 2 << 20;

    private static final long UNWRITTEN_BYTES_MAX = 4 << 20;
    private static final Duration ANSWER_GRACE = Duration.ofSeconds(2);

    private final BrokerConfig config;
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final ShardThreads shardThreads;
    private final Transactions transactions;
    private final ClusterView cluster;
    private final ClusterTree tree;
    private final ClusterNode node;
    private final BlockingCalls blocking;
    private final SocketServer sockets;
    private final BrokerMonitor monitor;
    private final Map<String, InetSocketAddress> bound = new LinkedHashMap<>();
    private boolean closed;

    private BrokerServer(BrokerConfig config, ZooKeeperSession session, Clocks clocks, BrokerMonitor monitor)
            throws IOException {
        this.config = config;
        this.monitor = monitor;
        Lease lease = new Lease();
        this.cluster = new ClusterView(config.brokerId(), lease);
        Partitions partitions = new Partitions(cluster);
        Storage storage = Storage.open(config, ClusterIdentity.readOrCreate(session), partitions, clocks);
        this.tree = new ClusterTree(session);
        Controller controller = new Controller(
                session,
                config.brokerId(),
                topic -> config.topicDefaults().with(topic.configs()).policy(),
                config.leaderBalance(),
                InstantSource.system());
        this.shardThreads = new ShardThreads(
                config.groups().coordinator().threads(),
                config.groups().coordinator().commitMsMax(),
                storage.directories()::pathOf,
                clocks,
                failure::completeExceptionally);
        ShardHosts<GroupsShard> shards = new ShardHosts<>(
                new GroupShards(
                        new ClusterTopics(tree::newest), () -> tree.image().groupConfigs(), config.groups()),
                shardThreads::runtime);
        GroupCoordinator groups = new GroupCoordinator(
                new ShardCount(
                        tree::image,
                        GroupCoordinator.TOPIC,
                        "offsets.topic.num.partitions",
                        config.groups().partitions()),
                shards);
        this.transactions = new Transactions(new Transactions.Context(
                config,
                cluster,
                tree::newest,
                partitions,
                groups,
                shardThreads,
                clocks,
                failure::completeExceptionally));
        LeadershipListener roles = (partition, role) -> {
            shards.leadershipChanged(partition, role);
            transactions.roles().leadershipChanged(partition, role);
        };
        this.node = new ClusterNode(
                config,
                new ClusterNode.Parts(session, tree, controller, storage, partitions, cluster, lease),
                roles,
                clocks);
        var unused = node.failure().exceptionally(cause -> {
            failure.completeExceptionally(cause);
            return null;
        });
        this.blocking = new BlockingCalls(config.network().blockingThreads());
        FetchSessions fetchSessions = new FetchSessions(config.network().fetchSessionsMax(), clocks.steadyMs());
        RequestRouter router = new RequestRouter(RequestHandlers.of(new RequestHandlers.Context(
                config,
                cluster,
                partitions,
                storage,
                groups,
                transactions,
                fetchSessions,
                new RequestHandlers.Coordination(
                        new ConfigChanges.Stores(
                                new TopicStore(session, tree::image),
                                new BrokerConfigs(session),
                                new GroupConfigs(session)),
                        new ProducerIdBlocks(session, config.brokerId()),
                        controller),
                blocking,
                clocks)));
        this.sockets = sockets(config.network(), router);
        monitor.watch(
                new BrokerMonitor.Parts(
                        node,
                        cluster,
                        controller,
                        partitions,
                        groups,
                        transactions,
                        fetchSessions,
                        storage,
                        sockets,
                        router.metrics(),
                        clocks),
                failure);
    }

    private static SocketServer sockets(NetworkConfig network, RequestRouter router) {
        return new SocketServer(
                new SocketServer.Settings(
                        network.threads(),
                        network.connectionsMax(),
                        network.connectionsPerIpMax(),
                        network.queuedRequestBytesMax(),
                        network.queuedResponseBytesMax(),
                        new NetworkLimits(
                                network.requestBytesMax(),
                                Math.min(network.requestBytesMax(), CONTROL_REQUEST_BYTES_MAX),
                                network.inFlightMax(),
                                UNWRITTEN_BYTES_MAX,
                                network.requestMsMax(),
                                network.idleMsMax())),
                router,
                new PeerFaultLog(System::nanoTime));
    }

    /**
     * Starts a broker. When this returns it is registered, has recovered its logs and answers clients.
     *
     * @throws IOException if no log directory can be used, one is another broker's, or an address cannot be listened on
     * @throws io.tailrace.config.ConfigException if {@code metrics.listener} cannot be listened on
     * @throws io.tailrace.coordination.CoordinationException if ZooKeeper does not answer, or the broker's id is taken
     */
    public static BrokerServer start(BrokerConfig config) throws IOException, InterruptedException {
        BrokerMonitor monitor = BrokerMonitor.start(config);
        BrokerServer broker = open(config, monitor);
        try {
            broker.start();
            return broker;
        } catch (IOException | InterruptedException | RuntimeException e) {
            try {
                broker.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    private static BrokerServer open(BrokerConfig config, BrokerMonitor monitor) throws IOException {
        ZooKeeperSession session = null;
        try {
            session = ZooKeeperSession.open(config.zooKeeper());
            return new BrokerServer(config, session, Clocks.system(), monitor);
        } catch (IOException | RuntimeException e) {
            if (session != null) {
                session.close();
            }
            monitor.close();
            throw e;
        }
    }

    private void start() throws IOException, InterruptedException {
        for (Listener listener : config.listeners()) {
            InetSocketAddress address = listener.host().isEmpty()
                    ? new InetSocketAddress(listener.port())
                    : new InetSocketAddress(listener.host(), listener.port());
            bound.put(listener.name(), sockets.listen(listener.name(), address));
        }
        node.join(bound);
        sockets.serve();
        LOG.info("broker {} is up: {}", config.brokerId(), bound);
    }

    /** The port of the first listener. */
    public int port() {
        return bound.values().iterator().next().getPort();
    }

    /** The port of the endpoint for metrics and health, -1 if it is off. */
    public int metricsPort() {
        return monitor.port();
    }

    /** Completes exceptionally when the broker cannot go on and should be closed. */
    public CompletionStage<Void> failure() {
        return failure;
    }

    /**
     * Stops the broker in good order. Only the first call has an effect; a second one waits for it.
     *
     * @throws IOException if a log could not be closed properly; the next start recovers it
     */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        monitor.stopping();
        node.drain();
        sockets.stop(ANSWER_GRACE);
        blocking.close();
        transactions.close();
        try {
            node.close();
        } finally {
            monitor.close();
            // After the last change of roles, which may start loading groups.
            shardThreads.close();
        }
        LOG.info("broker {} is stopped", config.brokerId());
    }
}
