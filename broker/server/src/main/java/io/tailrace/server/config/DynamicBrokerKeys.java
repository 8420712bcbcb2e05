package io.tailrace.server.config;

import io.tailrace.config.ConfigKey;
import io.tailrace.replication.cluster.ReplicationThrottle;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings of brokers that are made while they run, and in no file: a broker's own go before those of all brokers
 * (KIP-226).
 */
public final class DynamicBrokerKeys {
    private static final Map<String, ConfigKey<?>> BY_NAME = new LinkedHashMap<>();

    static {
        add(ConfigKey.longInteger(
                ReplicationThrottle.LEADER_RATE,
                ReplicationThrottle.UNLIMITED,
                1,
                Long.MAX_VALUE,
                "Taken for tools that set it with the other one, by which alone copying is slowed."));
        add(ConfigKey.longInteger(
                ReplicationThrottle.FOLLOWER_RATE,
                ReplicationThrottle.UNLIMITED,
                1,
                Long.MAX_VALUE,
                "Bytes per second that this broker copies into throttled replicas."));
    }

    private DynamicBrokerKeys() {}

    private static void add(ConfigKey<?> key) {
        BY_NAME.put(key.name(), key);
    }

    /** The default of each, by name, in the order to list them. */
    public static Map<String, String> defaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        BY_NAME.forEach((name, key) -> defaults.put(name, String.valueOf(key.defaultText())));
        return defaults;
    }

    /**
     * Checks settings that somebody wants a running broker to have.
     *
     * @throws IllegalArgumentException naming a setting that is not one of these, or whose value does not fit
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
