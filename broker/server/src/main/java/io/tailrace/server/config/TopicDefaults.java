package io.tailrace.server.config;

import io.tailrace.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;

/** The default settings of topics, from the broker's configuration. Immutable. */
public final class TopicDefaults {
    private final Map<String, Default> byName;

    private TopicDefaults(Map<String, Default> byName) {
        this.byName = byName;
    }

    /**
     * The default of a setting.
     *
     * @param text the value, in the setting's own unit
     * @param brokerKey the broker's key that it comes from, or the setting's name if there is none
     * @param configured whether that key is set; if not, the value is built in
     */
    public record Default(String text, String brokerKey, boolean configured) {}

    static TopicDefaults of(Config config) {
        Map<String, Default> byName = new LinkedHashMap<>();
        for (TopicKey<?> key : TopicKeys.all()) {
            byName.put(key.name(), key.brokerDefault(config));
        }
        return new TopicDefaults(byName);
    }

    /** The default of every setting, by its name, in display order. */
    public Map<String, Default> all() {
        return byName;
    }

    /** The description of a setting of {@link #all}. */
    public static SettingInfo info(String name) {
        return TopicKeys.info(name);
    }

    /** The settings of a topic that overrides these defaults by {@code own}. */
    public TopicSettings with(Map<String, String> own) {
        return TopicSettings.of(this, own);
    }

    String text(TopicKey<?> key) {
        Default found = byName.get(key.name());
        if (found == null) {
            throw new IllegalStateException("topic setting " + key.name() + " has no default");
        }
        return found.text();
    }
}
