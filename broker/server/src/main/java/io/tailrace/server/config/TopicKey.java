package io.tailrace.server.config;

import io.tailrace.config.Config;
import io.tailrace.config.ConfigKey;
import io.tailrace.protocol.message.DescribeConfigsResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A setting of a topic, and the broker's keys for its default: one key in the same unit, and others in coarser units, such as
 * {@code log.retention.hours} for {@code retention.ms}.
 *
 * @param <T> the type of the value
 * @param key name, form and default of the setting
 * @param isList whether the value is a list, separated by commas
 * @param brokerKey the broker's key in the same unit, with the same syntax; null if there is none
 * @param coarser keys that apply, in this order, if none before is set
 */
public record TopicKey<T>(
        ConfigKey<T> key, boolean isList, @Nullable ConfigKey<String> brokerKey, List<Coarser> coarser) {

    /** A key in a coarser unit: its value is multiplied. */
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
        return new TopicKey<>(key, false, brokerKey, coarser);
    }

    /** A setting that only topics have. */
    static <T> TopicKey<T> ofTopicsOnly(ConfigKey<T> key) {
        return new TopicKey<>(key, false, null, List.of());
    }

    /** The same setting, with a list as its value. */
    TopicKey<T> asList() {
        return new TopicKey<>(key, true, brokerKey, coarser);
    }

    /** The setting's name. */
    public String name() {
        return key.name();
    }

    SettingInfo info() {
        SettingInfo info = SettingInfo.of(key);
        return isList
                ? new SettingInfo(info.name(), DescribeConfigsResponse.TYPE_LIST, info.defaultText(), info.doc())
                : info;
    }

    List<ConfigKey<?>> brokerKeys() {
        List<ConfigKey<?>> keys = new ArrayList<>();
        if (brokerKey != null) {
            keys.add(brokerKey);
        }
        coarser.forEach(each -> keys.add(each.key()));
        return keys;
    }

    /** The default from the broker's configuration, as text in the setting's own unit. */
    TopicDefaults.Default brokerDefault(Config config) {
        if (brokerKey == null) {
            return new TopicDefaults.Default(String.valueOf(key.defaultText()), key.name(), false);
        }
        if (!config.isSet(brokerKey)) {
            for (Coarser each : coarser) {
                if (config.isSet(each.key())) {
                    long value = config.value(each.key());
                    long exact = value < 0 ? value : Math.multiplyExact(value, each.factor());
                    return new TopicDefaults.Default(
                            String.valueOf(exact), each.key().name(), true);
                }
            }
        }
        return new TopicDefaults.Default(config.value(brokerKey), brokerKey.name(), config.isSet(brokerKey));
    }
}
