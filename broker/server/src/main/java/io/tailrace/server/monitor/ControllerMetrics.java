package io.tailrace.server.monitor;

import io.tailrace.coordination.Controller;
import io.tailrace.metrics.Metrics;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The controller's metrics, under Kafka's names; 0 on all other brokers. */
final class ControllerMetrics {
    private static final String PREFIX = "kafka_controller_kafkacontroller_";

    private final int brokerId;
    private final Supplier<ClusterImage> cluster;
    private final Controller controller;

    ControllerMetrics(int brokerId, Supplier<ClusterImage> cluster, Controller controller) {
        this.brokerId = brokerId;
        this.cluster = cluster;
        this.controller = controller;
    }

    void register(Metrics metrics) {
        metrics.gauge(PREFIX + "activecontrollercount", "1 on the controller.", () -> isController() ? 1 : 0);
        metrics.gauge(
                PREFIX + "offlinepartitionscount",
                "Partitions without a leader.",
                () -> partitions(partition -> partition.leader() == PartitionState.NO_LEADER));
        metrics.gauge(
                PREFIX + "preferredreplicaimbalancecount",
                "Partitions that another replica than the first one leads.",
                () -> partitions(partition ->
                        partition.leader() != partition.assignment().replicas().get(0)));
        metrics.gauge(
                PREFIX + "globaltopiccount",
                "Topics.",
                () -> isController() ? cluster.get().topics().size() : 0);
        metrics.gauge(PREFIX + "globalpartitioncount", "Partitions.", () -> partitions(partition -> true));
        metrics.counter(
                "kafka_controller_controllerstats_uncleanleaderelections_total",
                "Leaders that this broker has elected and that may lack acknowledged records.",
                controller::uncleanElections);
    }

    private boolean isController() {
        ClusterImage image = cluster.get();
        return image.controllerId() == brokerId && image.broker(brokerId).isPresent();
    }

    private double partitions(Predicate<PartitionImage> condition) {
        return isController()
                ? (double) cluster.get().topics().values().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .filter(condition)
                        .count()
                : 0;
    }
}
