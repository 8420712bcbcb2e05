package io.tailrace.cli;

import io.tailrace.config.ConfigException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that change settings: a picocli mixin. */
final class SettingOptions {
    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting and its new value. May be repeated.")
    private final Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--unset", paramLabel = "KEY", description = "Restores the brokers' default. May be repeated.")
    private List<String> unset = List.of();

    /**
     * The changes by key; an empty value restores the default.
     *
     * @throws ConfigException if a key is given twice
     */
    Map<String, Optional<String>> changes() {
        Map<String, Optional<String>> changes = new LinkedHashMap<>();
        set.forEach((key, value) -> changes.put(key, Optional.of(value)));
        for (String key : unset) {
            if (changes.put(key, Optional.empty()) != null) {
                throw new ConfigException(key + ": expected once in --set or --unset");
            }
        }
        return changes;
    }
}
