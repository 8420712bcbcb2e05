package io.tailrace.server.cluster;

import io.tailrace.coordination.BrokerInfo;
import io.tailrace.coordination.BrokerRegistration;
import io.tailrace.coordination.ClusterTree;
import io.tailrace.coordination.Controller;
import io.tailrace.coordination.CoordinationException;
import io.tailrace.coordination.ImageQueue;
import io.tailrace.coordination.PartitionStateStore;
import io.tailrace.coordination.SingleThread;
import io.tailrace.coordination.ZooKeeperSession;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.PartitionRules;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.ReplicationThrottle;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.config.DynamicBrokerKeys;
import io.tailrace.server.follower.Fetchers;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.LeadershipListener;
import io.tailrace.server.partition.PartitionContext;
import io.tailrace.server.partition.PartitionLifecycle;
import io.tailrace.server.partition.Partitions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This broker as a member of the cluster: it joins, follows the cluster's decisions, hands over leadership before it stops, and
 * leaves. Thread-safe.
 */
public final class ClusterNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);
    private static final long JOIN_MS_MAX = 30_000;
    private static final long ELECTION_MS_MAX = 5_000;
    private static final long DRAIN_MS_MAX = 5_000;
    private static final long TICK_MS_MAX = 1_000;
    private static final long CATCH_UP_MS = 100;

    private final BrokerConfig config;
    private final Parts parts;
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    /** Acts on images, and opens logs as they say. */
    private final SingleThread cluster = new SingleThread("broker-cluster", failure::completeExceptionally);
    /** Touches no disk. */
    private final SingleThread replication = new SingleThread("broker-replication", failure::completeExceptionally);

    private final RegistrationStatus status = new RegistrationStatus();
    private final OfflineLogs offlineLogs = new OfflineLogs();
    /** Used by the cluster's thread. */
    private final OfflineDirectories offlineDirectories;

    private final BrokerReadiness readiness;
    private final Fetchers fetchers;
    private final IsrUpdates isrUpdates;
    private final LocalReplicas replicas;
    private final ClusterFollower follower;
    private final ImageQueue images;
    /** Used by the cluster's thread. */
    private boolean catchesUp;

    private volatile @Nullable BrokerRegistration registration;

    /**
     * The parts that a node starts when it joins, and closes.
     *
     * @param view shows each image once it has been acted on
     * @param lease follows this broker's registration
     */
    public record Parts(
            ZooKeeperSession session,
            ClusterTree tree,
            Controller controller,
            Storage storage,
            Partitions partitions,
            ClusterView view,
            Lease lease) {}

    /**
     * A node that has not joined.
     *
     * @param roles called when this broker becomes or ceases to be the leader of a partition
     */
    public ClusterNode(BrokerConfig config, Parts parts, LeadershipListener roles, Clocks clocks) {
        this.config = config;
        this.parts = parts;
        this.readiness = new BrokerReadiness(config.brokerId());
        this.fetchers = Fetchers.overSockets(
                config.brokerId(),
                status,
                parts.view(),
                config.listeners().get(0).name(),
                config.replication(),
                clocks.steadyMs());
        PartitionActions port = new PartitionActions(
                new PartitionStateStore(parts.session()),
                new PartitionActions.Threads(replication, cluster),
                fetchers,
                offlineLogs);
        this.isrUpdates = port.isrUpdates();
        this.offlineDirectories =
                new OfflineDirectories(parts.storage().directories(), parts.partitions(), offlineLogs, cluster);
        PartitionRules rules = new PartitionRules(config.replication().replicaLagMsMax());
        PartitionLifecycle lifecycle = new PartitionLifecycle(
                config.brokerId(), parts.partitions(), new PartitionContext(rules, port, roles, parts.lease(), clocks));
        this.replicas = new LocalReplicas(parts.storage(), parts.partitions(), lifecycle, offlineLogs, clocks);
        this.follower =
                new ClusterFollower(config.brokerId(), replicas, parts.partitions(), config.topicDefaults(), status);
        this.images = new ImageQueue(cluster, this::follow);
        var unused = parts.session().failure().exceptionally(cause -> {
            failure.completeExceptionally(cause);
            return null;
        });
    }

    /** Counts the ISR changes of leaders on this broker. */
    public IsrUpdates isrUpdates() {
        return isrUpdates;
    }

    /** Like {@link Fetchers#lagMax}. */
    public long followerLagMax() {
        return fetchers.lagMax();
    }

    /** Completes exceptionally when this broker cannot go on. */
    public CompletionStage<Void> failure() {
        return failure;
    }

    /**
     * Joins the cluster. Returns once this broker sees itself in the cluster, has opened its partitions, and leads those that no
     * other broker can lead, unless the controller takes too long.
     *
     * @param bound the address of each listener, by name
     * @throws CoordinationException if that takes too long, or the broker's id is taken
     */
    public void join(Map<String, InetSocketAddress> bound) throws InterruptedException {
        parts.tree().start(JOIN_MS_MAX);
        List<TopicPartition> missing =
                replicas.missingInSync(config.brokerId(), parts.tree().image());
        if (!missing.isEmpty()) {
            parts.storage().countAsUnclean("no log of " + missing.get(0) + " and " + (missing.size() - 1) + " others");
        }
        BrokerInfo self = new BrokerInfo(
                config.brokerId(),
                parts.storage().owner(),
                config.rackOrNull(),
                Endpoints.of(config.listeners(), config.advertised(), bound),
                parts.storage().keptSince());
        BrokerRegistration own =
                new BrokerRegistration(parts.session(), self, InstantSource.system(), new RegistrationListener());
        registration = own;
        parts.lease().follow(own);
        // Before the broker can be elected: the controller must not choose a replica whose log is damaged.
        offlineLogs.add(parts.storage().directories().unopenedPartitions());
        offlineLogs.reportTo(new OfflineLogs.Reporter() {
            @Override
            public void offline(Set<TopicPartition> partitions) {
                own.partitionsOffline(partitions);
            }

            @Override
            public void online(Set<TopicPartition> partitions) {
                own.partitionsOnline(partitions);
            }
        });
        own.start();
        parts.storage().onDirectoryFailed(this::directoryFailed);
        parts.storage().startUpkeep(failure::completeExceptionally);
        long tickMs = Math.min(TICK_MS_MAX, Math.max(1, config.replication().replicaLagMsMax() / 2));
        var unused = replication.scheduleWithFixedDelay(
                new ReplicationTick(parts.partitions(), parts.lease()), tickMs, tickMs, TimeUnit.MILLISECONDS);
        parts.controller().start(parts.tree());
        parts.tree().listen(images::offer);
        awaitReady();
    }

    private void awaitReady() {
        ClusterView view = parts.view();
        int id = config.brokerId();
        if (!view.await(image -> image.broker(id).isPresent(), JOIN_MS_MAX)) {
            throw new CoordinationException("broker " + id + " did not see itself in ZooKeeper within " + JOIN_MS_MAX
                    + " ms: check zookeeper.connect");
        }
        cluster.execute(() -> follower.deleteStrays(parts.tree().unreadableTopics()));
        if (!view.await(image -> !readiness.awaitsElection(image, status.getAsLong()), ELECTION_MS_MAX)) {
            LOG.warn("not all partitions of this broker have a leader after {} ms", ELECTION_MS_MAX);
        }
    }

    /** Why this broker cannot serve all its clients now; empty if it can. Thread-safe. */
    public Optional<String> unreadiness() {
        if (!status.isRegistered()) {
            return Optional.of("not registered in ZooKeeper");
        }
        if (!parts.lease().getAsBoolean()) {
            return Optional.of("fenced: no answer from ZooKeeper, so that the registration may have ended");
        }
        return readiness.unreadiness(parts.view().get(), status.getAsLong(), parts.partitions());
    }

    private void follow(ClusterImage image) {
        fetchers.limit(ReplicationThrottle.ofFollower(image, config.brokerId()));
        parts.storage().moves().limit(DynamicBrokerKeys.moveBytesPerSecond(image.brokerConfig(config.brokerId())));
        parts.view().show(follower.follow(image, images::hasNewer));
        catchUp();
    }

    /** Retries partitions that were busy until they have the newest image. */
    private void catchUp() {
        if (!follower.catchUp() && !catchesUp && !cluster.isShutdown()) {
            catchesUp = true;
            var unused = cluster.schedule(
                    () -> {
                        catchesUp = false;
                        catchUp();
                    },
                    CATCH_UP_MS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void registrationChanged() {
        try {
            cluster.execute(() -> {
                follower.registrationChanged();
                catchUp();
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("registration changed while this broker stops");
        }
    }

    /** Hands leadership over, and leaves each ISR that keeps another member; for a bounded time. Blocks. */
    public void drain() {
        BrokerRegistration own = registration;
        if (own == null || parts.view().get().brokers().size() <= 1) {
            return;
        }
        try {
            own.drain();
        } catch (CoordinationException e) {
            LOG.warn("leadership is not handed over: {}", e.getMessage());
            return;
        }
        if (!parts.view().await(readiness::isDrained, DRAIN_MS_MAX)) {
            LOG.warn("not all leadership was handed over within {} ms", DRAIN_MS_MAX);
        }
    }

    /**
     * Stops following the cluster, closes the logs with the marker of a clean stop, and removes the registration.
     *
     * @throws IOException if a log could not be closed properly; the next start recovers it
     */
    @Override
    public void close() throws IOException {
        parts.controller().close();
        parts.tree().close();
        Threads.end(replication);
        Threads.end(cluster);
        fetchers.close();
        try {
            parts.storage().close();
        } finally {
            if (registration != null) {
                registration.close();
            }
            parts.session().close();
        }
    }

    private void directoryFailed(Path path, IOException cause) {
        try {
            cluster.execute(() -> takeOffline(path, cause));
        } catch (RejectedExecutionException e) {
            LOG.error("log directory {} failed while this broker stops", path, cause);
        }
    }

    private void takeOffline(Path path, IOException cause) {
        try {
            offlineDirectories.add(path, cause);
        } catch (IOException e) {
            failure.completeExceptionally(e);
        }
    }

    private final class RegistrationListener implements BrokerRegistration.Listener {
        @Override
        public void registered(long epoch) {
            parts.storage().registered(epoch);
            status.registered(epoch);
            registrationChanged();
        }

        @Override
        public void sessionLost() {
            status.lost();
            registrationChanged();
        }

        @Override
        public void refused(CoordinationException reason) {
            failure.completeExceptionally(reason);
        }
    }
}
