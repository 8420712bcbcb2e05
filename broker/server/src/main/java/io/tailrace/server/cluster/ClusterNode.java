package io.tailrace.server.cluster;

import io.tailrace.coordination.BrokerConfigs;
import io.tailrace.coordination.BrokerInfo;
import io.tailrace.coordination.BrokerRegistration;
import io.tailrace.coordination.ClusterIdentity;
import io.tailrace.coordination.ClusterTree;
import io.tailrace.coordination.Controller;
import io.tailrace.coordination.CoordinationException;
import io.tailrace.coordination.ImageQueue;
import io.tailrace.coordination.PartitionStateStore;
import io.tailrace.coordination.ProducerIdBlocks;
import io.tailrace.coordination.SingleThread;
import io.tailrace.coordination.TopicStore;
import io.tailrace.coordination.ZooKeeperSession;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Event;
import io.tailrace.replication.PartitionRules;
import io.tailrace.replication.cluster.ReplicationThrottle;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.follower.Fetchers;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.LeadershipListener;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.PartitionContext;
import io.tailrace.server.partition.PartitionLifecycle;
import io.tailrace.server.partition.Partitions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This broker's logs, and their place in the cluster: opened, recovered, registered, following the cluster's decisions,
 * and ready to be its controller. Thread-safe.
 */
public final class ClusterNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);
    private static final long JOIN_MS_MAX = 30_000;
    private static final long ELECTION_MS_MAX = 5_000;
    private static final long DRAIN_MS_MAX = 5_000;

    private final BrokerConfig config;
    private final ClusterView view;
    private final Partitions partitions;
    private final OwnEpoch ownEpoch;
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    /** One thread, on which the cluster's decisions are acted on. */
    private final SingleThread executor = new SingleThread("broker-cluster", failure::completeExceptionally);

    private final ZooKeeperSession session;
    private final ClusterTree tree;
    private final Controller controller;
    private final TopicStore topics;
    private final BrokerConfigs brokerConfigs;
    private final OfflineLogs offlineLogs = new OfflineLogs();
    private final Storage storage;
    private final Standing standing;
    private final Fetchers fetchers;
    private final ClusterFollower follower;
    private final ImageQueue images;
    private volatile @Nullable BrokerRegistration registration;

    private ClusterNode(BrokerConfig config, ZooKeeperSession session, LeadershipListener roles, Clocks clocks)
            throws IOException {
        this.config = config;
        this.session = session;
        this.view = new ClusterView(config.brokerId(), this::holdsLease);
        this.partitions = new Partitions(view);
        this.ownEpoch = new OwnEpoch(partitions, this::holdsLease);
        var unused = session.failure().exceptionally(cause -> {
            failure.completeExceptionally(cause);
            return null;
        });
        this.brokerConfigs = new BrokerConfigs(session);
        this.storage =
                Storage.open(config, ClusterIdentity.readOrCreate(session), partitions, this::directoryFailed, clocks);
        this.standing = new Standing(config.brokerId());
        this.tree = new ClusterTree(session);
        this.topics = new TopicStore(session, tree::image);
        this.controller = new Controller(
                session,
                config.brokerId(),
                topic -> config.topicDefaults().with(topic.configs()).policy(),
                config.leaderBalance(),
                InstantSource.system());
        this.fetchers = Fetchers.overSockets(
                config.brokerId(),
                ownEpoch,
                view,
                config.listeners().get(0).name(),
                config.replication(),
                clocks.steadyMs());
        StorePort port = new StorePort(new PartitionStateStore(session), executor, fetchers, offlineLogs);
        PartitionRules rules = new PartitionRules(config.replication().replicaLagMsMax());
        PartitionLifecycle lifecycle = new PartitionLifecycle(
                config.brokerId(), partitions, new PartitionContext(rules, port, roles, this::holdsLease, clocks));
        this.follower = new ClusterFollower(
                config.brokerId(),
                storage,
                new ClusterFollower.PartitionsOf(partitions, lifecycle, offlineLogs),
                config.topicDefaults(),
                ownEpoch,
                clocks);
        this.images = new ImageQueue(executor, image -> {
            fetchers.limit(ReplicationThrottle.ofFollower(image, config.brokerId()));
            follower.follow(image);
            view.show(image);
        });
    }

    /**
     * Connects to ZooKeeper and opens the log directories, recovering what was not closed properly.
     *
     * @param roles told when this broker begins or ends to lead a partition
     * @throws IOException if a log directory cannot be used
     * @throws CoordinationException if ZooKeeper does not answer
     */
    public static ClusterNode open(BrokerConfig config, LeadershipListener roles, Clocks clocks) throws IOException {
        ZooKeeperSession session = ZooKeeperSession.open(config.zooKeeper());
        try {
            return new ClusterNode(config, session, roles, clocks);
        } catch (IOException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** The cluster as this broker has acted on it. */
    public ClusterView view() {
        return view;
    }

    /** The partitions that are open here. */
    public Partitions partitions() {
        return partitions;
    }

    /** The logs on this broker's disks. */
    public LogDirectories logDirectories() {
        return storage.directories();
    }

    /** Where topics are created. */
    public TopicStore topics() {
        return topics;
    }

    /** Where leaders are elected. */
    public Controller controller() {
        return controller;
    }

    /** Where brokers are configured while they run. */
    public BrokerConfigs brokerConfigs() {
        return brokerConfigs;
    }

    /** Where producer ids come from. */
    public ProducerIdBlocks producerIds() {
        return new ProducerIdBlocks(session, config.brokerId());
    }

    /** Completes exceptionally when this broker cannot go on. */
    public CompletionStage<Void> failure() {
        return failure;
    }

    /**
     * Joins the cluster, and returns once this broker sees itself there and has opened its partitions, and leads those
     * that nobody else could lead, unless the controller takes long.
     *
     * @param bound where each listener, by name, listens
     * @throws CoordinationException if that takes too long, or the broker's id is taken
     */
    public void join(Map<String, InetSocketAddress> bound) throws InterruptedException {
        tree.start(JOIN_MS_MAX);
        BrokerInfo self = new BrokerInfo(
                config.brokerId(),
                storage.owner(),
                config.rackOrNull(),
                Endpoints.of(config.listeners(), config.advertised(), bound),
                storage.keptSince());
        BrokerRegistration mine =
                new BrokerRegistration(session, self, InstantSource.system(), new RegistrationListener());
        registration = mine;
        mine.start();
        offlineLogs.tellTo(mine::partitionsOffline);
        controller.start(tree);
        tree.listen(images::offer);
        if (!view.await(image -> image.broker(config.brokerId()).isPresent(), JOIN_MS_MAX)) {
            throw new CoordinationException("broker " + config.brokerId() + " did not see itself in ZooKeeper within "
                    + JOIN_MS_MAX + " ms: check zookeeper.connect");
        }
        executor.execute(() -> follower.deleteStrays(tree.unreadableTopics()));
        if (!view.await(image -> !standing.awaitsElection(image, ownEpoch.getAsLong()), ELECTION_MS_MAX)) {
            LOG.warn("not all partitions of this broker have a leader after {} ms", ELECTION_MS_MAX);
        }
    }

    /** Hands over leadership, and leaves the ISR, where another in-sync replica stays; for a bounded time. Blocks. */
    public void drain() {
        BrokerRegistration mine = registration;
        if (mine == null || view.get().brokers().size() <= 1) {
            return;
        }
        try {
            mine.drain();
        } catch (CoordinationException e) {
            LOG.warn("leadership is not handed over: {}", e.getMessage());
            return;
        }
        if (!view.await(image -> standing.isDrained(image), DRAIN_MS_MAX)) {
            LOG.warn("not all leadership was handed over within {} ms", DRAIN_MS_MAX);
        }
    }

    /** One pass of rolling and flushing by time. */
    public void maintain() {
        storage.maintain();
    }

    /** One pass of retention, and of what {@link #maintain} does. */
    public void retain() {
        storage.retain();
    }

    /** Writes recovery points. */
    public void checkpoint() {
        storage.checkpoint();
    }

    /** Writes high watermarks. */
    public void checkpointHighWatermarks() {
        storage.checkpointHighWatermarks();
    }

    /** Lets the partitions' rules see that time passes. */
    public void tick() {
        ownEpoch.tick();
        Event tick = new Event.Tick();
        partitions.all().forEach(partition -> partition.handle(tick));
    }

    /**
     * Stops to follow the cluster, closes the logs with the marker of a clean stop, and takes the registration back.
     *
     * @throws IOException if a log could not be closed properly; it will be recovered at the next start
     */
    @Override
    public void close() throws IOException {
        controller.close();
        tree.close();
        Storage.end(executor);
        fetchers.close();
        try {
            storage.close();
        } finally {
            if (registration != null) {
                registration.close();
            }
            session.close();
        }
    }

    private boolean holdsLease() {
        BrokerRegistration mine = registration;
        return mine != null && mine.holds();
    }

    private void directoryFailed(Path path, IOException cause) {
        if (executor.isShutdown()) {
            LOG.error("log directory {} failed while this broker stops", path, cause);
            return;
        }
        executor.execute(() -> {
            List<TopicPartition> failed = storage.directories().partitionsIn(path);
            LOG.error(
                    "log directory {} failed: its {} partitions are offline until this broker is restarted",
                    path,
                    failed.size(),
                    cause);
            offlineLogs.add(failed);
            for (TopicPartition id : failed) {
                Partition partition = partitions.find(id.topic(), id.partition());
                if (partition != null) {
                    partition.handle(new Event.LogFailed());
                }
            }
            if (storage.directories().areAllOffline()) {
                failure.completeExceptionally(new IOException("every log directory has failed", cause));
            }
        });
    }

    private final class RegistrationListener implements BrokerRegistration.Listener {
        @Override
        public void registered(long epoch) {
            storage.registered(epoch);
            ownEpoch.registered(epoch);
        }

        @Override
        public void sessionLost() {
            ownEpoch.lost();
        }

        @Override
        public void refused(CoordinationException reason) {
            failure.completeExceptionally(reason);
        }
    }
}
