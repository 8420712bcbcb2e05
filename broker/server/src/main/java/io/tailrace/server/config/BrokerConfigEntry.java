package io.tailrace.server.config;

import io.tailrace.config.Config;
import io.tailrace.config.ConfigKey;
import io.tailrace.config.ConfigKeys;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key of the broker's configuration and its value, for display.
 *
 * @param name the key's name
 * @param text the value, null if there is neither a value nor a default
 * @param configured whether the key was set; if not, the value is the default
 * @param doc what the key is for
 */
public record BrokerConfigEntry(String name, @Nullable String text, boolean configured, String doc) {

    static List<BrokerConfigEntry> all(ConfigKeys keys, Config config) {
        List<BrokerConfigEntry> entries = new ArrayList<>();
        for (ConfigKey<?> key : keys.plain()) {
            boolean set = config.isSet(key);
            String text = set ? text(config.value(key)) : key.defaultText();
            entries.add(new BrokerConfigEntry(key.name(), text, set, key.doc()));
        }
        return List.copyOf(entries);
    }

    private static String text(Object value) {
        return value instanceof List<?> list
                ? String.join(",", list.stream().map(Object::toString).toList())
                : value.toString();
    }
}
