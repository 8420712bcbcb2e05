package io.tailrace.server.config;

import io.tailrace.config.Config;
import io.tailrace.config.ConfigKey;
import io.tailrace.metrics.MetricsListener;
import java.util.List;

/**
 * The endpoint for metrics and health.
 *
 * @param listener {@code metrics.listener}
 * @param partitionsMax {@code metrics.partitions.max}
 */
public record MetricsConfig(MetricsListener listener, int partitionsMax) {
    private static final ConfigKey<Integer> PARTITIONS_MAX = ConfigKey.integer(
            "metrics.partitions.max",
            5_000,
            0,
            1_000_000,
            "Partitions, and partitions of consumer groups, with metrics; the others only count in totals.");

    static final List<ConfigKey<?>> KEYS = List.of(MetricsListener.KEY, PARTITIONS_MAX);

    static MetricsConfig of(Config config) {
        return new MetricsConfig(config.value(MetricsListener.KEY), config.value(PARTITIONS_MAX));
    }
}
