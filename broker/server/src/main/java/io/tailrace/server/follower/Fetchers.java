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
 * All that this broker copies from others. Thread-safe; a partition is copied by one fetcher at a time.
 *
 * <p>A leader's fetchers stay when they have nothing to do: there are as many as brokers that ever led something that is
 * copied here, times {@code num.replica.fetchers}.
 */
public final class Fetchers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Fetchers.class);

    private record Key(int leader, int index) {}

    /**
     * What all fetchers share.
     *
     * @param self who asks
     * @param links the ways to leaders
     * @param throttle for throttled replicas
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
     * Fetchers over sockets.
     *
     * @param brokerEpoch the epoch under which this broker is registered now
     * @param cluster where the other brokers are
     * @param listener name of the listener at which brokers reach each other
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

    /** Copies throttled replicas as fast as these limits say from now on. */
    public void limit(ReplicationThrottle limits) {
        if (settings.throttle().limit(limits)) {
            LOG.info("throttled replicas are copied with {} bytes per second at most", limits.bytesPerSecond());
            synchronized (this) {
                fetchers.values().forEach(ReplicaFetcher::wake);
            }
        }
    }

    /** Copies from this leader in this leader epoch from now on, instead of whatever was copied before. */
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

    /** Copies no more. */
    public synchronized void stop(Partition partition) {
        fetchers.values().forEach(fetcher -> fetcher.remove(partition.id()));
    }

    /** Ends all copying, and waits for it for a bounded time. Not to be called under a partition's lock. */
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
