package io.tailrace.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The values of a process's configuration. A setting of the command line overrides the properties file, which
 * overrides the key's default. Every value has been checked against its key. Immutable.
 */
public final class Config {
    private final String origin;
    /** Where the file is; empty if there is none. */
    private final Optional<Path> directory;

    private final Map<String, String> texts;

    private Config(String origin, Optional<Path> directory, Map<String, String> texts) {
        this.origin = origin;
        this.directory = directory;
        this.texts = texts;
    }

    /**
     * Reads and checks a configuration.
     *
     * @param keys the keys that the process knows
     * @param file the properties file, or empty for settings alone
     * @param settings values that override the file's, by key
     * @throws ConfigException if the file does not exist or is not a properties file; or naming every unknown key and
     *     every value that is not accepted
     * @throws IOException if the file cannot be read
     */
    public static Config read(ConfigKeys keys, Optional<Path> file, Map<String, String> settings) throws IOException {
        String origin = file.map(Path::toString).orElse("--set");
        Map<String, String> texts = texts(file, settings);
        List<String> faults = new ArrayList<>();
        texts.forEach((name, text) -> keys.find(name)
                .ifPresentOrElse(
                        key -> fault(key, name, text).ifPresent(faults::add),
                        () -> faults.add("unknown key \"" + name + "\"")));
        if (!faults.isEmpty()) {
            faults.sort(null);
            throw new ConfigException(origin + ": " + String.join("; ", faults));
        }
        return new Config(origin, file.map(path -> path.toAbsolutePath().resolveSibling("")), texts);
    }

    /** The trimmed values by key, sorted, unchecked. */
    static Map<String, String> texts(Optional<Path> file, Map<String, String> settings) throws IOException {
        Properties properties = new Properties();
        if (file.isPresent()) {
            if (Files.isDirectory(file.get())) {
                throw new ConfigException(file.get() + ": is a directory; expected a properties file");
            }
            try (Reader reader = Files.newBufferedReader(file.get())) {
                properties.load(reader);
            } catch (NoSuchFileException e) {
                throw new ConfigException(file.get() + ": no such file; expected a properties file");
            } catch (IllegalArgumentException | MalformedInputException e) {
                throw new ConfigException(file.get() + ": not a properties file in UTF-8: " + e.getMessage());
            }
        }
        properties.putAll(settings);
        Map<String, String> texts = new TreeMap<>();
        for (String name : properties.stringPropertyNames()) {
            texts.put(name, properties.getProperty(name).trim());
        }
        return texts;
    }

    private static Optional<String> fault(ConfigKey<?> key, String name, String text) {
        return key.accepts(text) ? Optional.empty() : Optional.of(name + "=" + text + ": expected " + key.expected());
    }

    /**
     * The key's value, or its default.
     *
     * @throws ConfigException if the key has neither
     */
    public <T> T value(ConfigKey<T> key) {
        String text = texts.getOrDefault(key.name(), key.defaultText());
        if (text == null) {
            throw new ConfigException(origin + ": " + key.name() + " is required: expected " + key.expected());
        }
        return key.parser().apply(text);
    }

    /**
     * The key's value as an absolute path. A relative one is below the directory of the properties file, so that it means the same
     * wherever the process is started.
     *
     * @throws ConfigException if the key has no value, or a relative path and there is no file
     */
    public Path path(ConfigKey<String> key) {
        Path path = Path.of(value(key));
        if (path.isAbsolute()) {
            return path;
        }
        return directory
                .map(above -> above.resolve(path).normalize())
                .orElseThrow(() -> new ConfigException(
                        origin + ": " + key.name() + "=" + path + ": expected an absolute path, as there is no file"));
    }

    /** Whether the file or a setting gives the key a value. */
    public boolean isSet(ConfigKey<?> key) {
        return texts.containsKey(key.name());
    }

    /** The values of a named key, by their names: {@code dc} of {@code fields.dc} for the key {@code fields}. */
    public <T> Map<String, T> named(ConfigKey<T> key) {
        String prefix = key.name() + ".";
        Map<String, T> values = new TreeMap<>();
        texts.forEach((name, text) -> {
            if (name.startsWith(prefix)) {
                values.put(name.substring(prefix.length()), key.parser().apply(text));
            }
        });
        return values;
    }

    /** The names of a family's members, sorted: {@code web} of {@code source.web.paths} in the family {@code source}. */
    public List<String> members(String family) {
        TreeSet<String> names = new TreeSet<>();
        for (String name : texts.keySet()) {
            if (name.startsWith(family + ".")) {
                String rest = name.substring(family.length() + 1);
                names.add(rest.substring(0, rest.indexOf('.')));
            }
        }
        return List.copyOf(names);
    }

    /** The values of one member of a family, under keys without the family's and the member's name. */
    public Config member(String family, String name) {
        String prefix = family + "." + name + ".";
        Map<String, String> values = new TreeMap<>();
        texts.forEach((key, text) -> {
            if (key.startsWith(prefix)) {
                values.put(key.substring(prefix.length()), text);
            }
        });
        return new Config(origin + ": " + family + "." + name, directory, values);
    }
}
