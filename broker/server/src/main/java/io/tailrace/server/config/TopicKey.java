package io.tailrace.server.config;

import io.tailrace.cli.Config;
import io.tailrace.cli.ConfigKey;
import java.util.ArrayList;
import java.util.List;

/**
 * A setting of a topic, and the broker's keys that give its default: a first one in the same unit, and others in
 * coarser units, as {@code log.retention.hours} for {@code retention.ms}.
 *
 * @param <T> the type of its value
 * @param key name, form and default of the setting
 * @param brokerKey the broker's key in the same unit, which takes the same texts
 * @param coarser keys that count if those before are not set, in this order
 */
public record TopicKey<T>(ConfigKey<T> key, ConfigKey<String> brokerKey, List<Coarser> coarser) {

    /** A key whose value is multiplied. */
    record Coarser(ConfigKey<Long> key, long factor) {}

    static <T> TopicKey<T> of(ConfigKey<T> key, String brokerName) {
        return of(key, brokerName, List.of());
    }

    static <T> TopicKey<T> of(ConfigKey<T> key, String brokerName, List<Coarser> coarser) {
        ConfigKey<String> brokerKey =
                new ConfigKey<>(brokerName, key.expected(), key.defaultText(), key.doc(), text -> {
                    Object unused = key.parser().apply(text);
                    return text;
                });
        return new TopicKey<>(key, brokerKey, coarser);
    }

    /** The setting's name. */
    public String name() {
        return key.name();
    }

    List<ConfigKey<?>> brokerKeys() {
        List<ConfigKey<?>> keys = new ArrayList<>();
        keys.add(brokerKey);
        coarser.forEach(each -> keys.add(each.key()));
        return keys;
    }

    /** The broker's key that its configuration sets, or the first one if it sets none. */
    String brokerKeySet(Config config) {
        if (!config.isSet(brokerKey)) {
            for (Coarser each : coarser) {
                if (config.isSet(each.key())) {
                    return each.key().name();
                }
            }
        }
        return brokerKey.name();
    }

    /** The default that the broker's configuration gives, as text in the setting's own unit. */
    String brokerDefault(Config config) {
        if (!config.isSet(brokerKey)) {
            for (Coarser each : coarser) {
                if (config.isSet(each.key())) {
                    long value = config.value(each.key());
                    return String.valueOf(value < 0 ? value : Math.multiplyExact(value, each.factor()));
                }
            }
        }
        return config.value(brokerKey);
    }
}
