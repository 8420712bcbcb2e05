package io.tailrace.server.config;

import io.tailrace.config.Config;
import io.tailrace.config.ConfigException;
import io.tailrace.config.ConfigKey;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The broker's keys for consumer groups and their offsets. */
final class GroupKeys {
    private static final int MAX = Integer.MAX_VALUE;
    private static final Set<String> ASSIGNORS = Set.of("uniform", "range");
    private static final Set<String> MIGRATION_POLICIES = Set.of("disabled", "upgrade", "downgrade", "bidirectional");

    static final ConfigKey<Integer> OFFSETS_TOPIC_PARTITIONS = ConfigKey.integer(
            "offsets.topic.num.partitions",
            50,
            1,
            10_000,
            "Partitions of __consumer_offsets when it is created. Without effect once the topic exists.");
    static final ConfigKey<Integer> OFFSETS_TOPIC_REPLICATION_FACTOR = ConfigKey.integer(
            "offsets.topic.replication.factor",
            3,
            1,
            100,
            "Replicas of __consumer_offsets, or as many as there are brokers when it is created.");
    static final ConfigKey<Integer> OFFSETS_TOPIC_SEGMENT_BYTES = ConfigKey.integer(
            "offsets.topic.segment.bytes", 100 << 20, 1024, MAX, "Segment size of __consumer_offsets.");
    static final ConfigKey<Integer> OFFSETS_RETENTION_MINUTES = ConfigKey.integer(
            "offsets.retention.minutes",
            10_080,
            1,
            MAX,
            "Offsets are removed this long after their commit, or after the last member of their group left if that is later.");
    static final ConfigKey<Long> OFFSETS_RETENTION_CHECK_INTERVAL_MS = ConfigKey.longInteger(
            "offsets.retention.check.interval.ms",
            600_000L,
            1,
            Long.MAX_VALUE,
            "How often expired offsets are looked for.");
    static final ConfigKey<Integer> OFFSET_METADATA_BYTES_MAX = ConfigKey.integer(
            "offset.metadata.max.bytes", 4096, 0, 1 << 20, "Largest note that a client may commit with an offset.");
    static final ConfigKey<Integer> COMMIT_TIMEOUT_MS = ConfigKey.integer(
            "offsets.commit.timeout.ms",
            5_000,
            1,
            MAX,
            "How long a commit, or another change of a group, waits for the replicas of __consumer_offsets.");
    static final ConfigKey<Integer> COORDINATOR_THREADS = ConfigKey.integer(
            "group.coordinator.threads",
            4,
            1,
            64,
            "Threads that coordinate groups, for each log directory, and as many that load them when this broker becomes their "
                    + "coordinator.");

    static final ConfigKey<Integer> SESSION_TIMEOUT_MS_MIN = ConfigKey.integer(
            "group.min.session.timeout.ms",
            6_000,
            1,
            MAX,
            "Shortest session timeout that a member of a classic group may ask for.");
    static final ConfigKey<Integer> SESSION_TIMEOUT_MS_MAX = ConfigKey.integer(
            "group.max.session.timeout.ms",
            1_800_000,
            1,
            MAX,
            "Longest session timeout that a member of a classic group may ask for.");
    static final ConfigKey<Integer> INITIAL_REBALANCE_DELAY_MS = ConfigKey.integer(
            "group.initial.rebalance.delay.ms",
            3_000,
            0,
            MAX,
            "How long an empty classic group waits for more members before it assigns partitions.");
    static final ConfigKey<Integer> MEMBERS_MAX =
            ConfigKey.integer("group.max.size", MAX, 1, MAX, "Largest number of members of a classic group.");

    static final ConfigKey<Integer> CONSUMER_SESSION_TIMEOUT_MS = ConfigKey.integer(
            "group.consumer.session.timeout.ms",
            45_000,
            1,
            MAX,
            "A member of a consumer group that sends no heartbeat for this long is removed.");
    static final ConfigKey<Integer> CONSUMER_SESSION_TIMEOUT_MS_MIN = ConfigKey.integer(
            "group.consumer.min.session.timeout.ms",
            45_000,
            1,
            MAX,
            "Shortest consumer.session.timeout.ms that a group may have.");
    static final ConfigKey<Integer> CONSUMER_SESSION_TIMEOUT_MS_MAX = ConfigKey.integer(
            "group.consumer.max.session.timeout.ms",
            60_000,
            1,
            MAX,
            "Longest consumer.session.timeout.ms that a group may have.");
    static final ConfigKey<Integer> CONSUMER_HEARTBEAT_INTERVAL_MS = ConfigKey.integer(
            "group.consumer.heartbeat.interval.ms",
            5_000,
            1,
            MAX,
            "How often members of a consumer group send heartbeats.");
    static final ConfigKey<Integer> CONSUMER_HEARTBEAT_INTERVAL_MS_MIN = ConfigKey.integer(
            "group.consumer.min.heartbeat.interval.ms",
            5_000,
            1,
            MAX,
            "Shortest consumer.heartbeat.interval.ms that a group may have.");
    static final ConfigKey<Integer> CONSUMER_HEARTBEAT_INTERVAL_MS_MAX = ConfigKey.integer(
            "group.consumer.max.heartbeat.interval.ms",
            15_000,
            1,
            MAX,
            "Longest consumer.heartbeat.interval.ms that a group may have.");
    static final ConfigKey<Integer> CONSUMER_MEMBERS_MAX =
            ConfigKey.integer("group.consumer.max.size", MAX, 1, MAX, "Largest number of members of a consumer group.");
    static final ConfigKey<List<String>> CONSUMER_ASSIGNORS = new ConfigKey<>(
            "group.consumer.assignors",
            "uniform, range, or both, separated by a comma",
            "uniform,range",
            "Assignors that members of a consumer group may choose; the first is used if they choose none.",
            GroupKeys::assignors);
    static final ConfigKey<String> CONSUMER_MIGRATION_POLICY = new ConfigKey<>(
            "group.consumer.migration.policy",
            "one of bidirectional, disabled, downgrade, upgrade",
            "bidirectional",
            "Whether a group changes from the classic to the consumer protocol (upgrade) when a member of the other kind"
                    + " joins, back when only classic members are left (downgrade), or both.",
            GroupKeys::migrationPolicy);
    static final ConfigKey<Integer> CONSUMER_REGEX_REFRESH_MS = ConfigKey.integer(
            "group.consumer.regex.refresh.interval.ms",
            600_000,
            10_000,
            MAX,
            "How often the topics that match a subscribed regular expression are looked up again.");

    static final List<ConfigKey<?>> ALL = List.of(
            OFFSETS_TOPIC_PARTITIONS,
            OFFSETS_TOPIC_REPLICATION_FACTOR,
            OFFSETS_TOPIC_SEGMENT_BYTES,
            OFFSETS_RETENTION_MINUTES,
            OFFSETS_RETENTION_CHECK_INTERVAL_MS,
            OFFSET_METADATA_BYTES_MAX,
            COMMIT_TIMEOUT_MS,
            COORDINATOR_THREADS,
            SESSION_TIMEOUT_MS_MIN,
            SESSION_TIMEOUT_MS_MAX,
            INITIAL_REBALANCE_DELAY_MS,
            MEMBERS_MAX,
            CONSUMER_SESSION_TIMEOUT_MS,
            CONSUMER_SESSION_TIMEOUT_MS_MIN,
            CONSUMER_SESSION_TIMEOUT_MS_MAX,
            CONSUMER_HEARTBEAT_INTERVAL_MS,
            CONSUMER_HEARTBEAT_INTERVAL_MS_MIN,
            CONSUMER_HEARTBEAT_INTERVAL_MS_MAX,
            CONSUMER_MEMBERS_MAX,
            CONSUMER_ASSIGNORS,
            CONSUMER_MIGRATION_POLICY,
            CONSUMER_REGEX_REFRESH_MS);

    private GroupKeys() {}

    /** @throws ConfigException if values contradict each other */
    static GroupConfig groups(Config config) {
        return new GroupConfig(
                config.value(OFFSETS_TOPIC_PARTITIONS),
                config.value(OFFSETS_TOPIC_REPLICATION_FACTOR),
                config.value(OFFSETS_TOPIC_SEGMENT_BYTES),
                config.value(OFFSETS_RETENTION_MINUTES) * 60_000L,
                config.value(OFFSETS_RETENTION_CHECK_INTERVAL_MS),
                config.value(OFFSET_METADATA_BYTES_MAX),
                new GroupConfig.Coordinator(config.value(COORDINATOR_THREADS), config.value(COMMIT_TIMEOUT_MS)),
                new GroupConfig.Classic(
                        bounds(config, SESSION_TIMEOUT_MS_MIN, SESSION_TIMEOUT_MS_MAX),
                        config.value(INITIAL_REBALANCE_DELAY_MS),
                        config.value(MEMBERS_MAX)),
                consumer(config));
    }

    private static GroupConfig.Consumer consumer(Config config) {
        GroupConfig.Bounds sessions = bounds(config, CONSUMER_SESSION_TIMEOUT_MS_MIN, CONSUMER_SESSION_TIMEOUT_MS_MAX);
        GroupConfig.Bounds heartbeats =
                bounds(config, CONSUMER_HEARTBEAT_INTERVAL_MS_MIN, CONSUMER_HEARTBEAT_INTERVAL_MS_MAX);
        int sessionTimeoutMs = within(config, CONSUMER_SESSION_TIMEOUT_MS, sessions);
        int heartbeatIntervalMs = within(config, CONSUMER_HEARTBEAT_INTERVAL_MS, heartbeats);
        if (heartbeatIntervalMs >= sessionTimeoutMs) {
            throw new ConfigException(CONSUMER_HEARTBEAT_INTERVAL_MS.name() + " must be less than "
                    + CONSUMER_SESSION_TIMEOUT_MS.name() + " (" + sessionTimeoutMs + "), is " + heartbeatIntervalMs);
        }
        String policy = config.value(CONSUMER_MIGRATION_POLICY);
        return new GroupConfig.Consumer(
                new GroupConfig.Timing(sessionTimeoutMs, heartbeatIntervalMs),
                sessions,
                heartbeats,
                config.value(CONSUMER_MEMBERS_MAX),
                config.value(CONSUMER_ASSIGNORS),
                new GroupConfig.Migration(
                        policy.equals("upgrade") || policy.equals("bidirectional"),
                        policy.equals("downgrade") || policy.equals("bidirectional")),
                config.value(CONSUMER_REGEX_REFRESH_MS));
    }

    private static GroupConfig.Bounds bounds(Config config, ConfigKey<Integer> min, ConfigKey<Integer> max) {
        GroupConfig.Bounds bounds = new GroupConfig.Bounds(config.value(min), config.value(max));
        if (bounds.min() > bounds.max()) {
            throw new ConfigException(
                    min.name() + " must be at most " + max.name() + " (" + bounds.max() + "), is " + bounds.min());
        }
        return bounds;
    }

    private static int within(Config config, ConfigKey<Integer> key, GroupConfig.Bounds bounds) {
        int value = config.value(key);
        if (!bounds.contain(value)) {
            throw new ConfigException(key.name() + " must be from " + bounds.min() + " to " + bounds.max() + ", is "
                    + value + ": change it, or the bounds (group.consumer.min... and group.consumer.max...)");
        }
        return value;
    }

    private static List<String> assignors(String text) {
        List<String> assignors = List.of(text.split("\\s*,\\s*", -1));
        if (!ASSIGNORS.containsAll(assignors)
                || assignors.size() != Set.copyOf(assignors).size()) {
            throw new IllegalArgumentException("unknown assignor");
        }
        return assignors;
    }

    private static String migrationPolicy(String text) {
        String policy = text.toLowerCase(Locale.ROOT);
        if (!MIGRATION_POLICIES.contains(policy)) {
            throw new IllegalArgumentException("unknown policy");
        }
        return policy;
    }
}
