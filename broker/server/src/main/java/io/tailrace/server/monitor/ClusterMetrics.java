package io.tailrace.server.monitor;

import io.tailrace.metrics.Metrics;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The cluster's topics and partitions, under kafka_exporter's names. The leader of a partition reports it; the controller reports
 * partitions without a leader and everything that belongs to no partition.
 */
final class ClusterMetrics {
    private static final List<String> TOPIC = List.of("topic");
    private static final List<String> PARTITION = List.of("topic", "partition");

    private final int brokerId;
    private final Supplier<ClusterImage> cluster;
    private final Partitions partitions;
    private final int partitionsMax;

    ClusterMetrics(int brokerId, Supplier<ClusterImage> cluster, Partitions partitions, int partitionsMax) {
        this.brokerId = brokerId;
        this.cluster = cluster;
        this.partitions = partitions;
        this.partitionsMax = partitionsMax;
    }

    void register(Metrics metrics) {
        metrics.gauges("kafka_brokers", "Registered brokers. Reported by the controller.", List.of(), samples -> {
            if (isController()) {
                samples.add((long) cluster.get().brokers().size());
            }
        });
        metrics.gauges(
                "kafka_topic_partitions", "Partitions of a topic. Reported by the controller.", TOPIC, samples -> {
                    if (isController()) {
                        cluster.get().topics().values().stream()
                                .limit(partitionsMax)
                                .forEach(topic -> addPartitions(samples, topic));
                    }
                });
        registerOffsets(metrics);
        registerReplicas(metrics);
        metrics.gauge(
                "tailrace_metrics_partitions_left_out",
                "Partitions without metrics of their own, because there are more than metrics.partitions.max.",
                () -> Math.max(0, reported().size() - partitionsMax));
    }

    private static void addPartitions(Metrics.Samples samples, TopicImage topic) {
        samples.add((long) topic.partitions().size(), topic.name());
    }

    private boolean isController() {
        ClusterImage image = cluster.get();
        return image.controllerId() == brokerId && image.broker(brokerId).isPresent();
    }

    private List<LedPartition> reported() {
        return LedPartition.of(brokerId, cluster.get(), partitions, true);
    }

    private void registerOffsets(Metrics metrics) {
        metrics.gauges(
                "kafka_topic_partition_current_offset",
                "Offset up to which consumers can read, exclusive.",
                PARTITION,
                samples ->
                        addOpen(samples, open -> (double) open.replica().log().highWatermark()));
        metrics.gauges(
                "kafka_topic_partition_oldest_offset",
                "First offset of the log.",
                PARTITION,
                samples -> addOpen(samples, open -> (double) open.logStartOffset()));
    }

    private void registerReplicas(Metrics metrics) {
        perPartition(
                metrics,
                "kafka_topic_partition_leader",
                "Id of the leader, -1 if there is none.",
                partition -> partition.image().leader());
        perPartition(metrics, "kafka_topic_partition_replicas", "Replicas of the partition.", LedPartition::replicas);
        perPartition(
                metrics,
                "kafka_topic_partition_in_sync_replica",
                "In-sync replicas of the partition.",
                LedPartition::inSync);
        perPartition(
                metrics,
                "kafka_topic_partition_leader_is_preferred",
                "1 if the first replica leads.",
                partition -> partition.isLedByPreferred() ? 1 : 0);
        perPartition(
                metrics,
                "kafka_topic_partition_under_replicated_partition",
                "1 if a replica is not in sync.",
                partition -> partition.isUnderReplicated() ? 1 : 0);
        perPartition(
                metrics, "kafka_cluster_partition_replicascount", "Replicas of the partition.", LedPartition::replicas);
        perPartition(
                metrics,
                "kafka_cluster_partition_atminisr",
                "1 if the partition has exactly min.insync.replicas in-sync replicas.",
                partition -> partition.openOrNull() != null && partition.spareInSync() == 0 ? 1 : 0);
        perPartition(
                metrics,
                "kafka_cluster_partition_underminisr",
                "1 if the partition has fewer in-sync replicas than min.insync.replicas.",
                partition -> partition.spareInSync() < 0 ? 1 : 0);
    }

    private void perPartition(Metrics metrics, String name, String help, ToDoubleFunction<LedPartition> value) {
        metrics.gauges(name, help, PARTITION, samples -> reported().stream()
                .limit(partitionsMax)
                .forEach(partition -> samples.add(
                        value.applyAsDouble(partition), partition.topic(), String.valueOf(partition.index()))));
    }

    private void addOpen(Metrics.Samples samples, ToDoubleFunction<Partition> value) {
        for (LedPartition partition : reported().stream().limit(partitionsMax).toList()) {
            Partition open = partition.openOrNull();
            if (open != null) {
                samples.add(value.applyAsDouble(open), partition.topic(), String.valueOf(partition.index()));
            }
        }
    }
}
