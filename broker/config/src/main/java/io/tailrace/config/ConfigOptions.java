package io.tailrace.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a process that is configured by a file: a picocli mixin. */
public final class ConfigOptions {
    @Option(names = "--config", paramLabel = "FILE", description = "Properties file; see conf/ for the keys.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets one key, overriding the file. May be repeated.")
    private final Map<String, String> settings = new LinkedHashMap<>();

    /**
     * Reads the configuration that the options name.
     *
     * @throws ConfigException if the file does not exist, a key is unknown or a value is not accepted
     * @throws IOException if the file cannot be read
     */
    public Config read(ConfigKeys keys) throws IOException {
        return Config.read(keys, Optional.ofNullable(file), settings);
    }

    /**
     * Reads the configuration that these options and those of the command around this one name. Of two files, or of two values of a
     * key, this command's counts.
     *
     * @throws ConfigException as {@link #read(ConfigKeys)}
     * @throws IOException if the file cannot be read
     */
    public Config read(ConfigKeys keys, ConfigOptions outer) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(outer.settings);
        all.putAll(settings);
        return Config.read(keys, Optional.ofNullable(file == null ? outer.file : file), all);
    }

    /**
     * The trimmed values by key, unchecked, for a process whose keys are defined elsewhere.
     *
     * @throws ConfigException if the file does not exist
     * @throws IOException if the file cannot be read
     */
    public Map<String, String> readUnchecked() throws IOException {
        return Config.texts(Optional.ofNullable(file), settings);
    }
}
