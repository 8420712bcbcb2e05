package io.tailrace.server.follower;

import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.ReplicationThrottle;
import io.tailrace.server.config.ReplicationConfig;
import io.tailrace.server.partition.Partition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All fetchers of this broker. Thread-safe; a partition is copied by one fetcher at a time.
 *
 * <p>Idle fetchers are kept: there are at most {@code num.replica.fetchers} for each broker from which this one has copied.
 */
public final class Fetchers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Fetchers.class);

    private record Key(int leader, int index) {}

    /**
     * Shared by all fetchers.
     *
     * @param self this broker
     * @param links connects to leaders
     * @param throttle pauses throttled replicas
     * @param steadyMs a clock that never goes back
     */
    record Settings(
            ReplicaFetcher.Self self,
            ReplicationConfig config,
            LeaderLink.Opener links,
            CopyThrottle throttle,
            LongSupplier steadyMs) {}

    private final Settings settings;

    /** Guarded by this object's monitor, as is {@link #closed}. */
    private final Map<Key, ReplicaFetcher> fetchers = new HashMap<>();

    private boolean closed;

    Fetchers(ReplicaFetcher.Self self, ReplicationConfig config, LeaderLink.Opener links, LongSupplier steadyMs) {
        ReplicationThrottle unlimited = ReplicationThrottle.ofFollower(ClusterImage.empty(), self.brokerId());
        this.settings = new Settings(self, config, links, new CopyThrottle(unlimited), steadyMs);
    }

    /**
     * Fetchers that connect by sockets.
     *
     * @param brokerEpoch the epoch of this broker's current registration
     * @param cluster the addresses of other brokers
     * @param listener name of the listener that brokers use among themselves
     * @param steadyMs a clock that never goes back
     */
    public static Fetchers overSockets(
            int brokerId,
            LongSupplier brokerEpoch,
            Supplier<ClusterImage> cluster,
            String listener,
            ReplicationConfig config,
            LongSupplier steadyMs) {
        return new Fetchers(
                new ReplicaFetcher.Self(brokerId, brokerEpoch),
                config,
                SocketLink.opener(cluster, listener, "broker-" + brokerId + "-fetcher", config),
                steadyMs);
    }

    /** Applies new limits to throttled replicas. */
    public void limit(ReplicationThrottle limits) {
        if (settings.throttle().limit(limits)) {
            LOG.info("throttled replicas are copied at {} bytes per second at most", limits.bytesPerSecond());
            synchronized (this) {
                fetchers.values().forEach(ReplicaFetcher::wake);
            }
        }
    }

    /** Starts copying a partition from this leader in this leader epoch, and stops copying it from any other. */
    public synchronized void start(Partition partition, int leader, int leaderEpoch) {
        Key key = new Key(
                leader,
                Math.floorMod(partition.id().hashCode(), settings.config().fetchers()));
        fetchers.forEach((each, fetcher) -> {
            if (!each.equals(key)) {
                fetcher.remove(partition.id());
            }
        });
        if (!closed) {
            fetchers.computeIfAbsent(key, this::open).add(partition, leaderEpoch);
        }
    }

    private ReplicaFetcher open(Key key) {
        String name = "replica-fetcher-" + key.leader() + "-" + key.index();
        ReplicaFetcher fetcher = new ReplicaFetcher(key.leader(), settings, name);
        fetcher.start();
        return fetcher;
    }

    /** Records that the follower furthest behind its leader lacks, as of the leaders' last answers; 0 if nothing is copied. */
    public synchronized long lagMax() {
        return fetchers.values().stream()
                .mapToLong(ReplicaFetcher::lagMax)
                .max()
                .orElse(0);
    }

    /** Stops copying a partition. */
    public synchronized void stop(Partition partition) {
        fetchers.values().forEach(fetcher -> fetcher.remove(partition.id()));
    }

    /** Stops all copying and waits for it, for a bounded time. Must not be called under a partition's lock. */
    @Override
    public void close() {
        List<ReplicaFetcher> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(fetchers.values());
        }
        all.forEach(ReplicaFetcher::close);
    }
}
