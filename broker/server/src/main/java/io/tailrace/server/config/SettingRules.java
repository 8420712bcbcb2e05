package io.tailrace.server.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The settings that topics, groups or running brokers can have, and how to change them. Immutable. */
public final class SettingRules {
    private final Check check;
    private final Map<String, String> lists;

    /** @param lists the default of each setting that is a list, by name */
    private SettingRules(Check check, Map<String, String> lists) {
        this.check = check;
        this.lists = lists;
    }

    /** Throws {@link IllegalArgumentException} if a changed setting is invalid by itself or together with all others. */
    private interface Check {
        void check(Map<String, String> changed, Map<String, String> all);
    }

    /** The rules for topics with these defaults. */
    public static SettingRules ofTopics(TopicDefaults defaults) {
        Map<String, String> lists = new LinkedHashMap<>();
        TopicKeys.all().stream().filter(TopicKey::isList).forEach(key -> lists.put(key.name(), defaults.text(key)));
        return new SettingRules(TopicKeys::check, lists);
    }

    /** The rules for consumer groups. */
    public static SettingRules ofGroups(GroupOverrides settings) {
        return new SettingRules(settings::check, Map.of());
    }

    /** The rules for running brokers. */
    public static SettingRules ofBrokers() {
        return new SettingRules((changed, all) -> DynamicBrokerKeys.check(changed), Map.of());
    }

    /**
     * Checks only the settings of {@code after} that differ from {@code before}: others may have been stored by another version.
     *
     * @throws IllegalArgumentException naming an unknown setting, or one with an invalid value
     */
    public void checkChange(Map<String, String> before, Map<String, String> after) {
        Map<String, String> changed = new LinkedHashMap<>(after);
        changed.entrySet().removeIf(each -> each.getValue().equals(before.get(each.getKey())));
        check.check(changed, after);
    }

    /**
     * The list {@code name} in {@code settings}, or its default, with the entries of {@code more} that it lacks.
     *
     * @throws IllegalArgumentException if the setting is not a list
     */
    public String appended(Map<String, String> settings, String name, String more) {
        LinkedHashSet<String> all = new LinkedHashSet<>(list(settings, name));
        all.addAll(split(more));
        return String.join(",", all);
    }

    /**
     * The list {@code name} in {@code settings}, or its default, without the entries of {@code less}.
     *
     * @throws IllegalArgumentException if the setting is not a list
     */
    public String subtracted(Map<String, String> settings, String name, String less) {
        List<String> left = new ArrayList<>(list(settings, name));
        left.removeAll(split(less));
        return String.join(",", left);
    }

    private List<String> list(Map<String, String> settings, String name) {
        if (!lists.containsKey(name)) {
            throw new IllegalArgumentException(
                    name + " is not a list: entries can be added to and removed from these only: " + lists.keySet());
        }
        return split(Objects.requireNonNullElse(settings.get(name), lists.get(name)));
    }

    private static List<String> split(String list) {
        return list.isBlank() ? List.of() : List.of(list.strip().split("\\s*,\\s*", -1));
    }
}
