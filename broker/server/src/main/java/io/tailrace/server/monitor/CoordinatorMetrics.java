package io.tailrace.server.monitor;

import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ConsumerGroupState;
import io.tailrace.metrics.Metrics;
import io.tailrace.server.group.GroupCoordinator;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.shard.ShardStatus;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;

/**
 * Metrics of this broker as a coordinator: the partitions of {@code __consumer_offsets} that it leads and the numbers of their
 * groups, under the JMX exporter's names for Apache Kafka.
 */
final class CoordinatorMetrics {
    private static final String COORDINATOR = "kafka_server_group_coordinator_metrics_";
    private static final String GROUPS = "kafka_coordinator_group_groupmetadatamanager_num";
    private static final List<String> STATE = List.of("state");
    private static final List<String> PROTOCOL = List.of("protocol");

    private final GroupCoordinator groups;
    private final ShardAnswers<GroupCounts, GroupCounts> counts;

    CoordinatorMetrics(GroupCoordinator groups, Clocks clocks) {
        this.groups = groups;
        counts = new ShardAnswers<>(
                answers -> groups.queryAll(new GroupCounts.Count(), answers),
                GroupCounts.NONE,
                (answers, last) -> answers.map(all -> all.stream().reduce(GroupCounts.NONE, GroupCounts::plus))
                        .orElse(last),
                clocks.steadyMs());
    }

    void register(Metrics metrics) {
        registerShards(metrics);
        registerGroups(metrics);
        metrics.counter(
                COORDINATOR + "offset_commit_count_total", "Offsets that were committed.", groups::offsetsCommitted);
        metrics.counter(
                COORDINATOR + "group_completed_rebalance_count_total",
                "Generations of groups of the classic protocol that started.",
                groups::generationsStarted);
    }

    private void registerShards(Metrics metrics) {
        metrics.gauges(
                COORDINATOR + "num_partitions",
                "Partitions of __consumer_offsets that this broker leads.",
                STATE,
                samples -> {
                    for (ShardStatus.State state : ShardStatus.State.values()) {
                        samples.add(count(state), lower(state.name()));
                    }
                });
        metrics.gauge(
                COORDINATOR + "partition_load_time_max",
                "The longest of the last loads of these partitions, in milliseconds.",
                () -> groups.shards().stream()
                        .mapToLong(ShardStatus::loadMs)
                        .max()
                        .orElse(0));
        metrics.gauge(
                "tailrace_group_records_skipped",
                "Records and batches that could not be read in the last loads of these partitions.",
                () -> groups.shards().stream().mapToLong(ShardStatus::skipped).sum());
        metrics.gauge(
                "tailrace_group_requests_open",
                "Requests of groups without an answer, those that wait for other members included.",
                () -> sum(ShardStatus::requestsOpen));
        metrics.gauge(
                "tailrace_group_decisions_uncommitted",
                "Decisions whose answers wait for in-sync replicas.",
                () -> sum(ShardStatus::decisionsUncommitted));
    }

    private long count(ShardStatus.State state) {
        return groups.shards().stream().filter(shard -> shard.state() == state).count();
    }

    private int sum(ToIntFunction<ShardStatus> value) {
        return groups.shards().stream().mapToInt(value).sum();
    }

    private void registerGroups(Metrics metrics) {
        metrics.gauges(COORDINATOR + "group_count", "Groups.", PROTOCOL, samples -> {
            samples.add(counts.get().classicSum(), "classic");
            samples.add(counts.get().consumerSum(), "consumer");
        });
        metrics.gauges(COORDINATOR + "consumer_group_count", "Groups of the consumer protocol.", STATE, samples -> {
            for (ConsumerGroupState state : ConsumerGroupState.values()) {
                samples.add(counts.get().consumer().getOrDefault(state, 0), lower(state.text()));
            }
        });
        metrics.gauge(GROUPS + "groups", "Groups of the classic protocol.", () -> counts.get()
                .classicSum());
        for (ClassicGroupState state : ClassicGroupState.values()) {
            if (state != ClassicGroupState.DEAD) {
                metrics.gauge(
                        GROUPS + "groups" + lower(state.text()),
                        "Groups of the classic protocol in this state.",
                        () -> counts.get().classic().getOrDefault(state, 0));
            }
        }
        metrics.gauge(
                GROUPS + "offsets", "Committed offsets.", () -> counts.get().offsets());
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
