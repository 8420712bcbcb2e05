package io.tailrace.server.config;

import io.tailrace.config.Config;
import io.tailrace.config.ConfigKey;
import io.tailrace.config.ConfigKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key of the broker's configuration and its value, for display.
 *
 * @param info the key
 * @param text the value, null if there is neither a value nor a default
 * @param configured whether the key was set; if not, the value is the default
 */
public record BrokerConfigEntry(SettingInfo info, @Nullable String text, boolean configured) {

    static List<BrokerConfigEntry> all(ConfigKeys keys, Config config) {
        // The keys of topics' defaults keep their values as text; the topics' settings have the types.
        Map<String, Byte> types = new HashMap<>();
        for (TopicKey<?> topicKey : TopicKeys.all()) {
            if (topicKey.brokerKey() != null) {
                types.put(topicKey.brokerKey().name(), SettingInfo.type(topicKey.key()));
            }
        }
        List<BrokerConfigEntry> entries = new ArrayList<>();
        for (ConfigKey<?> key : keys.plain()) {
            boolean set = config.isSet(key);
            String text = set ? text(config.value(key)) : key.defaultText();
            SettingInfo info = SettingInfo.of(key);
            byte type = types.getOrDefault(key.name(), info.type());
            entries.add(new BrokerConfigEntry(
                    new SettingInfo(info.name(), type, info.defaultText(), info.doc()), text, set));
        }
        return List.copyOf(entries);
    }

    /** The key's name. */
    public String name() {
        return info.name();
    }

    private static String text(Object value) {
        return value instanceof List<?> list
                ? String.join(",", list.stream().map(Object::toString).toList())
                : value.toString();
    }
}
