package io.tailrace.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The keys that a process knows, in the order in which its documentation lists them.
 *
 * <p>A key is either plain, such as {@code broker.id}, or belongs to a named member of a family: in
 * {@code source.web.paths}, {@code paths} is a key of the member {@code web} of the family {@code source}. A named key has any number of
 * values, each with a name that the user chooses: {@code fields.dc}. Immutable.
 */
public final class ConfigKeys {
    private final Map<String, ConfigKey<?>> plain;
    private final Map<String, ConfigKey<?>> named;
    private final Map<String, ConfigKeys> families;

    private ConfigKeys(
            Map<String, ConfigKey<?>> plain, Map<String, ConfigKey<?>> named, Map<String, ConfigKeys> families) {
        this.plain = plain;
        this.named = named;
        this.families = families;
    }

    /** The given plain keys and no families. */
    public static ConfigKeys of(ConfigKey<?>... keys) {
        return of(List.of(keys));
    }

    /** The given plain keys and no families. */
    public static ConfigKeys of(List<ConfigKey<?>> keys) {
        Map<String, ConfigKey<?>> byName = new LinkedHashMap<>();
        for (ConfigKey<?> key : keys) {
            if (byName.put(key.name(), key) != null) {
                throw new IllegalStateException("key " + key.name() + " is defined twice");
            }
        }
        return new ConfigKeys(byName, Map.of(), Map.of());
    }

    /** These keys, and a family whose members have the keys {@code member}, written {@code family.NAME.KEY}. */
    public ConfigKeys withFamily(String family, ConfigKeys member) {
        Map<String, ConfigKeys> more = new LinkedHashMap<>(families);
        more.put(family, member);
        return new ConfigKeys(plain, named, more);
    }

    /** These keys, and any number of keys {@code key.NAME} that accept what {@code key} accepts. */
    public ConfigKeys withNamed(ConfigKey<?> key) {
        Map<String, ConfigKey<?>> more = new LinkedHashMap<>(named);
        more.put(key.name(), key);
        return new ConfigKeys(plain, more, families);
    }

    /** The plain keys, in order. */
    public List<ConfigKey<?>> plain() {
        return List.copyOf(plain.values());
    }

    /** The families by name, each with the keys of a member. */
    public Map<String, ConfigKeys> families() {
        return families;
    }

    /** The key that {@code name} in a file refers to. */
    Optional<ConfigKey<?>> find(String name) {
        ConfigKey<?> key = plain.get(name);
        if (key != null) {
            return Optional.of(key);
        }
        for (ConfigKey<?> prefix : named.values()) {
            if (name.startsWith(prefix.name() + ".")
                    && name.length() > prefix.name().length() + 1) {
                return Optional.of(prefix);
            }
        }
        return families.entrySet().stream()
                .filter(family -> name.startsWith(family.getKey() + "."))
                .flatMap(family -> inFamily(
                        family.getValue(), name.substring(family.getKey().length() + 1)))
                .findFirst();
    }

    private static Stream<ConfigKey<?>> inFamily(ConfigKeys member, String memberAndKey) {
        int dot = memberAndKey.indexOf('.');
        return dot <= 0 ? Stream.empty() : member.find(memberAndKey.substring(dot + 1)).stream();
    }
}
