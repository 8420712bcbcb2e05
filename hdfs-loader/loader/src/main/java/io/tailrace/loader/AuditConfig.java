package io.tailrace.loader;

import io.tailrace.config.Config;
import io.tailrace.config.ConfigKey;
import io.tailrace.loader.audit.AuditTopicNames;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * How hours are compared with what agents sent.
 *
 * @param topics the topics that agents report to
 * @param grace how long after its end an hour should be complete
 * @param withoutHosts hosts whose agents no hour waits for
 * @param hoursTopic the topic of complete hours; empty for none
 * @param mergesComplete whether a load merges the files of complete hours
 */
public record AuditConfig(
        AuditTopicNames topics, Duration grace, Set<String> withoutHosts, String hoursTopic, boolean mergesComplete) {
    private static final ConfigKey<String> TOPIC =
            ConfigKey.text("audit.topic", "tailrace-audit", "The topic of the agents' counts.");
    private static final ConfigKey<String> PROGRESS_TOPIC = ConfigKey.text(
            "audit.progress.topic",
            "tailrace-audit-progress",
            "The topic in which agents report how far they have read.");
    private static final ConfigKey<Long> GRACE_MS = ConfigKey.longInteger(
            "audit.grace.ms",
            Duration.ofHours(2).toMillis(),
            0,
            Duration.ofDays(365).toMillis(),
            "How long after its end an hour should be complete. Until then, audit does not count it as a failure.");
    private static final ConfigKey<List<String>> WITHOUT_HOSTS =
            ConfigKey.list("audit.without.hosts", "", "Hosts whose agents no hour waits for, such as retired hosts.");
    private static final ConfigKey<String> HOURS_TOPIC = ConfigKey.text(
            "hours.topic",
            "tailrace-hours",
            "The topic in which load reports complete hours; created when the first hour is complete. Empty for none.");

    private static final ConfigKey<Boolean> COMPACT_COMPLETE_HOURS = ConfigKey.bool(
            "compact.complete.hours",
            true,
            "Whether load merges the small files of complete hours, at most 100 hours of a topic in one load.");

    static final List<ConfigKey<?>> KEYS =
            List.of(TOPIC, PROGRESS_TOPIC, GRACE_MS, WITHOUT_HOSTS, HOURS_TOPIC, COMPACT_COMPLETE_HOURS);

    static AuditConfig of(Config config) {
        return new AuditConfig(
                new AuditTopicNames(config.value(TOPIC), config.value(PROGRESS_TOPIC)),
                Duration.ofMillis(config.value(GRACE_MS)),
                Set.copyOf(config.value(WITHOUT_HOSTS)),
                config.value(HOURS_TOPIC),
                config.value(COMPACT_COMPLETE_HOURS));
    }
}
