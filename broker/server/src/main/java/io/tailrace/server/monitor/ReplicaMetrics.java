package io.tailrace.server.monitor;

import io.tailrace.metrics.Metrics;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Leader;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.server.cluster.IsrUpdates;
import io.tailrace.server.partition.Partitions;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Counts of the partitions on this broker, like those of Kafka's ReplicaManager. */
final class ReplicaMetrics {
    private static final String PREFIX = "kafka_server_replicamanager_";

    private final int brokerId;
    private final Supplier<ClusterImage> cluster;
    private final Partitions partitions;
    private final IsrUpdates isrUpdates;

    ReplicaMetrics(int brokerId, Supplier<ClusterImage> cluster, Partitions partitions, IsrUpdates isrUpdates) {
        this.isrUpdates = isrUpdates;
        this.brokerId = brokerId;
        this.cluster = cluster;
        this.partitions = partitions;
    }

    void register(Metrics metrics) {
        metrics.gauge(PREFIX + "partitioncount", "Replicas that are open on this broker.", () -> partitions
                .all()
                .size());
        metrics.gauge(
                PREFIX + "leadercount", "Partitions that this broker leads.", () -> (double) partitions.all().stream()
                        .filter(partition -> partition.replica() instanceof Leader)
                        .count());
        metrics.gauge(
                PREFIX + "offlinereplicacount",
                "Replicas of this broker whose log cannot be used.",
                this::offlineReplicas);
        metrics.gauge(
                PREFIX + "underreplicatedpartitions",
                "Partitions that this broker leads and that have a replica that is not in sync.",
                () -> led(LedPartition::isUnderReplicated));
        metrics.gauge(
                PREFIX + "atminisrpartitioncount",
                "Partitions that this broker leads and that have exactly min.insync.replicas in-sync replicas.",
                () -> led(partition -> partition.openOrNull() != null && partition.spareInSync() == 0));
        metrics.gauge(
                PREFIX + "underminisrpartitioncount",
                "Partitions that this broker leads and that have fewer in-sync replicas than min.insync.replicas.",
                () -> led(partition -> partition.spareInSync() < 0));
        metrics.counter(
                PREFIX + "isrshrinks_total",
                "Changes by leaders on this broker that removed an in-sync replica.",
                isrUpdates::shrinks);
        metrics.counter(
                PREFIX + "isrexpands_total",
                "Changes by leaders on this broker that added an in-sync replica.",
                isrUpdates::expansions);
        metrics.counter(
                PREFIX + "failedisrupdates_total",
                "Changes of in-sync replicas that leaders on this broker could not write.",
                isrUpdates::failures);
    }

    private double led(Predicate<LedPartition> condition) {
        return (double) LedPartition.of(brokerId, cluster.get(), partitions, false).stream()
                .filter(condition)
                .count();
    }

    private double offlineReplicas() {
        long offline = 0;
        for (var topic : cluster.get().topics().values()) {
            for (int index = 0; index < topic.partitions().size(); index++) {
                if (topic.partitions().get(index).assignment().replicas().contains(brokerId)
                        && partitions.isUnusable(new TopicPartition(topic.name(), index))) {
                    offline++;
                }
            }
        }
        return (double) offline;
    }
}
