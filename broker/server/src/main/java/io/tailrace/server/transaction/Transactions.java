package io.tailrace.server.transaction;

import io.tailrace.coordination.ClusterTree;
import io.tailrace.coordination.SingleThread;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.group.GroupCoordinator;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.LeadershipListener;
import io.tailrace.server.partition.Partitions;
import io.tailrace.server.peer.Peers;
import io.tailrace.server.shard.ShardCount;
import io.tailrace.server.shard.ShardHosts;
import io.tailrace.server.shard.ShardThreads;
import io.tailrace.transactions.TransactionsShard;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The parts of a broker that transactions need. Thread-safe. */
public final class Transactions implements AutoCloseable {
    /** How long a marker may take to be committed before it is sent again. */
    private static final long COMMIT_MS_MAX = 1_000;

    /** How long a broker may take to answer. */
    private static final int ANSWER_MS_MAX = 5_000;

    private final ShardHosts<TransactionsShard> hosts;
    private final TransactionCoordinator coordinator;
    private final SingleThread appends;
    private final MarkerAppends markerAppends;
    private final Peers first;
    private final Peers again;
    private final Peers questions;
    private final TransactionVerifier verifier;
    private final MarkerWriter writer;

    /**
     * What transactions use of the broker.
     *
     * @param cluster the cluster as this broker has acted on it
     * @param readings the last reading of the cluster's state
     * @param threads runs shards
     * @param onFailure gets what the broker cannot go on after; must not block
     */
    public record Context(
            BrokerConfig config,
            Supplier<ClusterImage> cluster,
            Supplier<ClusterTree.Reading> readings,
            Partitions partitions,
            GroupCoordinator groups,
            ShardThreads threads,
            Clocks clocks,
            Consumer<Throwable> onFailure) {}

    /** Coordinates nothing yet. */
    public Transactions(Context context) {
        BrokerConfig config = context.config();
        TransactionShards kind = new TransactionShards(config.transactions());
        hosts = new ShardHosts<>(kind, context.threads()::runtime);
        ShardCount count = new ShardCount(
                () -> context.readings().get().image(),
                TransactionCoordinator.TOPIC,
                "transaction.state.log.num.partitions",
                config.transactions().partitions());
        coordinator = new TransactionCoordinator(count, hosts);
        appends = new SingleThread("transaction-appends", context.onFailure());
        markerAppends = new MarkerAppends(
                context.partitions(), context.groups()::endTransaction, appends::executeIfRunning, COMMIT_MS_MAX);
        first = peers(context, "markers");
        again = peers(context, "markers-again");
        questions = peers(context, "transactions");
        verifier = new CoordinatorVerifier(
                config.brokerId(),
                coordinator,
                id -> leaderOf(
                        context.cluster().get(),
                        new TopicPartition(TransactionCoordinator.TOPIC, coordinator.partitionOf(id))),
                (broker, request) -> questions.send(broker, request, ANSWER_MS_MAX),
                context.threads().alarms());
        BrokerMarkers network = new BrokerMarkers(
                config.brokerId(), markerAppends, appends::executeIfRunning, first, again, ANSWER_MS_MAX);
        writer = new MarkerWriter(
                hosts,
                network,
                new ClusterLeaders(context.cluster(), context.readings()),
                context.clocks().steadyMs(),
                context.onFailure());
        kind.onCommitted(writer::shardChanged);
        writer.start();
    }

    private static Peers peers(Context context, String purpose) {
        BrokerConfig config = context.config();
        return new Peers(
                context.cluster(),
                config.listeners().get(0).name(),
                "broker-" + config.brokerId() + "-" + purpose,
                ANSWER_MS_MAX);
    }

    /** The transactional ids that this broker coordinates. */
    public TransactionCoordinator coordinator() {
        return coordinator;
    }

    /** Asks the coordinators of transactions, on this broker or others. */
    public TransactionVerifier verifier() {
        return verifier;
    }

    /** Follows the leadership of partitions. */
    public LeadershipListener roles() {
        return hosts;
    }

    /** The markers that this broker's shards owe. */
    public MarkersOwed markersOwed() {
        return writer.owed();
    }

    /** Writes markers to this broker's partitions. */
    public MarkerAppends markers() {
        return markerAppends;
    }

    /** The broker that leads a partition; -1 if there is none, or it is not registered. */
    private static int leaderOf(ClusterImage image, TopicPartition partition) {
        return image.partition(partition)
                .map(PartitionImage::leader)
                .filter(leader -> image.broker(leader).isPresent())
                .orElse(PartitionState.NO_LEADER);
    }

    /** Where partitions are. */
    private record ClusterLeaders(Supplier<ClusterImage> cluster, Supplier<ClusterTree.Reading> readings)
            implements MarkerPlan.Leaders {
        @Override
        public int leader(TopicPartition partition) {
            return leaderOf(cluster.get(), partition);
        }

        @Override
        public boolean isAbsent(TopicPartition partition) {
            ClusterTree.Reading reading = readings.get();
            return reading.image().partition(partition).isEmpty()
                    && !reading.unreadableTopics().contains(partition.topic());
        }
    }

    /** Stops. Another broker goes on with what is left. */
    @Override
    public void close() {
        writer.close();
        first.close();
        again.close();
        questions.close();
        appends.shutdownNow();
    }
}
