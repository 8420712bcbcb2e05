package io.tailrace.server.config;

import io.tailrace.config.ConfigKey;
import io.tailrace.server.config.GroupConfig.Bounds;
import io.tailrace.server.config.GroupConfig.Timing;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings that consumer groups can override, and the broker's values for groups that do not. Settings of share and streams
 * groups are checked, stored and shown because tools send them; brokers have no such groups. Immutable.
 */
public final class GroupOverrides {
    private static final String SESSION_TIMEOUT_MS = "consumer.session.timeout.ms";
    private static final String HEARTBEAT_INTERVAL_MS = "consumer.heartbeat.interval.ms";
    private static final String NO_SHARE_GROUPS = "No effect: brokers have no share groups.";
    private static final String NO_STREAMS_GROUPS = "No effect: brokers have no streams groups.";
    private static final String ASSIGNED_AT_ONCE = "No effect: partitions are assigned as soon as members change.";

    private static final List<ConfigKey<?>> UNUSED = List.of(
            unused("consumer.assignment.interval.ms", 1_000, 0, ASSIGNED_AT_ONCE),
            unused("share.session.timeout.ms", 45_000, 1, NO_SHARE_GROUPS),
            unused("share.heartbeat.interval.ms", 5_000, 1, NO_SHARE_GROUPS),
            unused("share.assignment.interval.ms", 1_000, 0, NO_SHARE_GROUPS),
            unused("share.record.lock.duration.ms", 30_000, 1_000, NO_SHARE_GROUPS),
            unused("share.delivery.count.limit", 5, 2, NO_SHARE_GROUPS),
            unused("share.partition.max.record.locks", 2_000, 100, NO_SHARE_GROUPS),
            TopicKeys.bool("share.renew.acknowledge.enable", true, NO_SHARE_GROUPS),
            TopicKeys.oneOf(
                    "share.isolation.level",
                    "read_uncommitted",
                    Set.of("read_committed", "read_uncommitted"),
                    NO_SHARE_GROUPS),
            new ConfigKey<>(
                    "share.auto.offset.reset",
                    "latest, earliest, or by_duration: and an ISO duration, such as by_duration:PT1H",
                    "latest",
                    NO_SHARE_GROUPS,
                    GroupOverrides::offsetReset),
            unused("streams.session.timeout.ms", 45_000, 1, NO_STREAMS_GROUPS),
            unused("streams.heartbeat.interval.ms", 5_000, 1, NO_STREAMS_GROUPS),
            unused("streams.assignment.interval.ms", 1_000, 0, NO_STREAMS_GROUPS),
            unused("streams.initial.rebalance.delay.ms", 3_000, 0, NO_STREAMS_GROUPS),
            unused("streams.num.standby.replicas", 0, 0, NO_STREAMS_GROUPS));

    private final GroupConfig.Consumer broker;
    private final ConfigKey<Integer> sessionTimeoutMs;
    private final ConfigKey<Integer> heartbeatIntervalMs;
    private final Map<String, ConfigKey<?>> byName = new LinkedHashMap<>();

    /** The settings of groups on a broker with this configuration. */
    public GroupOverrides(GroupConfig.Consumer broker) {
        this.broker = broker;
        sessionTimeoutMs = key(
                SESSION_TIMEOUT_MS,
                broker.timing().sessionTimeoutMs(),
                broker.sessionTimeoutMs(),
                GroupKeys.CONSUMER_SESSION_TIMEOUT_MS.doc());
        heartbeatIntervalMs = key(
                HEARTBEAT_INTERVAL_MS,
                broker.timing().heartbeatIntervalMs(),
                broker.heartbeatIntervalMs(),
                GroupKeys.CONSUMER_HEARTBEAT_INTERVAL_MS.doc());
        byName.put(SESSION_TIMEOUT_MS, sessionTimeoutMs);
        byName.put(HEARTBEAT_INTERVAL_MS, heartbeatIntervalMs);
        UNUSED.forEach(key -> byName.put(key.name(), key));
    }

    private static ConfigKey<Integer> key(String name, int defaultValue, Bounds bounds, String doc) {
        return ConfigKey.integer(name, defaultValue, bounds.min(), bounds.max(), doc);
    }

    private static ConfigKey<Integer> unused(String name, int defaultValue, int min, String doc) {
        return ConfigKey.integer(name, defaultValue, min, Integer.MAX_VALUE, doc);
    }

    private static String offsetReset(String text) {
        if (text.startsWith("by_duration:")) {
            requireDuration(text.substring("by_duration:".length()));
        } else if (!text.equals("latest") && !text.equals("earliest")) {
            throw new IllegalArgumentException("unknown reset");
        }
        return text;
    }

    private static void requireDuration(String text) {
        try {
            if (Duration.parse(text).isNegative()) {
                throw new IllegalArgumentException("negative");
            }
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** All of them, in display order; the default of each is the broker's. */
    public List<ConfigKey<?>> keys() {
        return List.copyOf(byName.values());
    }

    /** The broker's key for the default of a setting, null if there is none. */
    public static @Nullable String brokerKey(String name) {
        return switch (name) {
            case SESSION_TIMEOUT_MS -> GroupKeys.CONSUMER_SESSION_TIMEOUT_MS.name();
            case HEARTBEAT_INTERVAL_MS -> GroupKeys.CONSUMER_HEARTBEAT_INTERVAL_MS.name();
            default -> null;
        };
    }

    /**
     * The timing of a group with these settings. A stored value outside the broker's current bounds counts as the nearest allowed
     * value. One that cannot be parsed counts as absent.
     */
    public Timing timing(Map<String, String> own) {
        Timing defaults = broker.timing();
        int timeoutMs = nearest(own.get(SESSION_TIMEOUT_MS), defaults.sessionTimeoutMs(), broker.sessionTimeoutMs());
        int intervalMs =
                nearest(own.get(HEARTBEAT_INTERVAL_MS), defaults.heartbeatIntervalMs(), broker.heartbeatIntervalMs());
        return intervalMs < timeoutMs ? new Timing(timeoutMs, intervalMs) : defaults;
    }

    private static int nearest(@Nullable String text, int defaultValue, Bounds bounds) {
        if (text == null) {
            return defaultValue;
        }
        try {
            return Math.max(bounds.min(), Math.min(bounds.max(), Integer.parseInt(text)));
        } catch (NumberFormatException e) {
            return defaultValue;
        }
    }

    /**
     * Checks settings of a group.
     *
     * @param changed the settings to check
     * @param all these and the group's other settings, for settings that depend on each other
     * @throws IllegalArgumentException naming an unknown setting, or one with an invalid value
     */
    void check(Map<String, String> changed, Map<String, String> all) {
        changed.forEach((name, text) -> {
            ConfigKey<?> known = byName.get(name);
            if (known == null) {
                throw new IllegalArgumentException(
                        "unknown group setting " + name + ": expected one of " + String.join(", ", byName.keySet()));
            }
            Object unused = known.parse(text);
        });
        if (changed.containsKey(SESSION_TIMEOUT_MS) || changed.containsKey(HEARTBEAT_INTERVAL_MS)) {
            int timeoutMs = value(sessionTimeoutMs, all);
            int intervalMs = value(heartbeatIntervalMs, all);
            if (intervalMs >= timeoutMs) {
                throw new IllegalArgumentException(HEARTBEAT_INTERVAL_MS + "=" + intervalMs + ": expected less than "
                        + SESSION_TIMEOUT_MS + ", which is " + timeoutMs);
            }
        }
    }

    private static int value(ConfigKey<Integer> key, Map<String, String> settings) {
        String text = settings.getOrDefault(key.name(), String.valueOf(key.defaultText()));
        return key.parse(text);
    }
}
