package io.tailrace.server.config;

import io.tailrace.config.ConfigKey;
import io.tailrace.replication.cluster.ReplicationThrottle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Settings that can be changed while brokers run and that no file contains (KIP-226). A setting of one broker overrides the
 * setting for all brokers.
 */
public final class DynamicBrokerKeys {
    private static final ConfigKey<Long> MOVE_RATE = ConfigKey.longInteger(
            "replica.alter.log.dirs.io.max.bytes.per.second",
            ReplicationThrottle.UNLIMITED,
            1,
            Long.MAX_VALUE,
            "Bytes per second that this broker copies between its log directories.");

    private static final Map<String, ConfigKey<?>> BY_NAME = new LinkedHashMap<>();

    static {
        add(ConfigKey.longInteger(
                ReplicationThrottle.LEADER_RATE,
                ReplicationThrottle.UNLIMITED,
                1,
                Long.MAX_VALUE,
                "Accepted for tools that set both rates; it has no effect, only the follower's rate is applied."));
        add(ConfigKey.longInteger(
                ReplicationThrottle.FOLLOWER_RATE,
                ReplicationThrottle.UNLIMITED,
                1,
                Long.MAX_VALUE,
                "Bytes per second that this broker copies into throttled replicas."));
        add(MOVE_RATE);
    }

    private DynamicBrokerKeys() {}

    /** The rate of moves between log directories in a broker's dynamic settings; a malformed one counts as absent. */
    public static long moveBytesPerSecond(Map<String, String> settings) {
        String text = settings.get(MOVE_RATE.name());
        try {
            return text == null ? ReplicationThrottle.UNLIMITED : MOVE_RATE.parse(text);
        } catch (IllegalArgumentException e) {
            return ReplicationThrottle.UNLIMITED;
        }
    }

    private static void add(ConfigKey<?> key) {
        BY_NAME.put(key.name(), key);
    }

    /** All of them, in display order. */
    public static List<SettingInfo> all() {
        return BY_NAME.values().stream().map(SettingInfo::of).toList();
    }

    /**
     * Checks new settings of a running broker.
     *
     * @throws IllegalArgumentException naming an unknown setting, or one with an invalid value
     */
    static void check(Map<String, String> settings) {
        settings.forEach((name, text) -> {
            ConfigKey<?> key = BY_NAME.get(name);
            if (key == null) {
                throw new IllegalArgumentException(
                        name + " cannot be changed while a broker runs, only these can: " + BY_NAME.keySet());
            }
            Object unused = key.parse(text);
        });
    }
}
