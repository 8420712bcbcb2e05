package io.tailrace.server;

import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.server.api.Apis;
import io.tailrace.server.api.BlockingCalls;
import io.tailrace.server.cluster.ClusterNode;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.config.GroupConfig;
import io.tailrace.server.config.Listener;
import io.tailrace.server.config.NetworkConfig;
import io.tailrace.server.config.StorageConfig;
import io.tailrace.server.group.OffsetCoordinator;
import io.tailrace.server.network.NetworkLimits;
import io.tailrace.server.network.PeerFaultLog;
import io.tailrace.server.network.SocketServer;
import io.tailrace.server.partition.Clocks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker in this process: {@link #start} it, talk to {@link #port}, {@link #close} it. Thread-safe.
 *
 * <p>It stops in this order: leadership is handed over, requests in flight are answered, connections closed, logs closed
 * with the marker that spares the next start a recovery, and the registration is taken back.
 */
public final class Broker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);

    /** Requests but Produce are decoded into objects, many times their bytes: a bound that no honest client meets. */
    private static final int CONTROL_REQUEST_BYTES_MAX = 2 << 20;

    private static final long UNWRITTEN_BYTES_MAX = 4 << 20;
    private static final Duration ANSWER_GRACE = Duration.ofSeconds(2);
    private static final long TICK_MS = 1000;

    private final BrokerConfig config;
    private final Clocks clocks;
    private final ExecutorService groupLoader = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "broker-groups");
        thread.setDaemon(true);
        return thread;
    });
    private final OffsetCoordinator groups;
    private final ClusterNode node;
    private final BlockingCalls blocking;
    private final SocketServer sockets;
    private final Passes passes;
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final Map<String, InetSocketAddress> bound = new LinkedHashMap<>();
    private boolean closed;

    private Broker(BrokerConfig config, Clocks clocks) throws IOException {
        this.config = config;
        this.clocks = clocks;
        this.groups = new OffsetCoordinator(config.groups().partitions(), groupLoader);
        this.node = ClusterNode.open(config, groups, clocks);
        this.passes = new Passes(failure::completeExceptionally);
        var unused = node.failure().exceptionally(cause -> {
            failure.completeExceptionally(cause);
            return null;
        });
        NetworkConfig network = config.network();
        this.blocking = new BlockingCalls(network.blockingThreads());
        this.sockets = new SocketServer(
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
                new Apis(Handlers.of(config, node, groups, blocking, clocks)),
                new PeerFaultLog(System::nanoTime));
    }

    /**
     * Starts a broker, which is registered, has recovered its logs and answers clients once this returns.
     *
     * @throws IOException if a log directory cannot be used or an address not be listened on
     * @throws io.tailrace.coordination.CoordinationException if ZooKeeper does not answer, or the broker's id is taken
     */
    public static Broker start(BrokerConfig config) throws IOException, InterruptedException {
        Broker broker = new Broker(config, Clocks.system());
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

    private void start() throws IOException, InterruptedException {
        for (Listener listener : config.listeners()) {
            InetSocketAddress address = listener.host().isEmpty()
                    ? new InetSocketAddress(listener.port())
                    : new InetSocketAddress(listener.host(), listener.port());
            bound.put(listener.name(), sockets.listen(listener.name(), address));
        }
        node.join(bound);
        sockets.serve();
        schedulePasses();
        LOG.info("broker {} is up: {}", config.brokerId(), bound);
    }

    private void schedulePasses() {
        StorageConfig.Intervals intervals = config.storage().intervals();
        GroupConfig group = config.groups();
        passes.every(intervals.flushMs(), node::maintain);
        passes.every(intervals.retentionMs(), node::retain);
        passes.every(intervals.checkpointMs(), node::checkpoint);
        passes.every(intervals.highWatermarkMs(), node::checkpointHighWatermarks);
        passes.every(Math.min(TICK_MS, Math.max(1, config.replication().replicaLagMsMax() / 2)), node::tick);
        passes.every(group.retentionCheckIntervalMs(), () -> {
            ClusterImage image = node.view().get();
            long nowMs = clocks.wallMs().getAsLong();
            groups.expire(partition -> image.topic(partition.topic()).isEmpty(), nowMs - group.retentionMs(), nowMs);
        });
    }

    /** The port of the first listener. */
    public int port() {
        return bound.values().iterator().next().getPort();
    }

    /** Completes exceptionally when the broker cannot go on and should be closed. */
    public CompletionStage<Void> failure() {
        return failure;
    }

    /**
     * Stops the broker in good order.
     *
     * @throws IOException if a log could not be closed properly; it will be recovered at the next start
     */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        node.drain();
        sockets.stop(ANSWER_GRACE);
        blocking.close();
        passes.close();
        try {
            node.close();
        } finally {
            // After the last change of roles, which may want offsets to be loaded.
            groupLoader.shutdown();
        }
        LOG.info("broker {} is stopped", config.brokerId());
    }
}
