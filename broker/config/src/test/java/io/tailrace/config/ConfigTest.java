package io.tailrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTest {
    private enum Format {
        TABLE,
        JSON,
        CSV
    }

    private static final ConfigKey<Integer> PORT = ConfigKey.integer("port", 9092, 0, 65535, "Port.");
    private static final ConfigKey<String> NAME = ConfigKey.text("name", null, "Name.");
    private static final ConfigKey<Format> FORMAT = ConfigKey.choice("format", Format.class, Format.TABLE, "Format.");
    private static final ConfigKey<List<String>> PATHS = ConfigKey.list("paths", null, "Paths.");
    private static final ConfigKeys KEYS =
            ConfigKeys.of(PORT, NAME, FORMAT).withFamily("source", ConfigKeys.of(PATHS, FORMAT));

    @Test
    void settingsOverrideTheFileAndTheFileOverridesDefaults(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("some.properties"), "port=1\nname = web \n");
        Config config = Config.read(KEYS, Optional.of(file), Map.of("port", "2"));
        assertThat(config.value(PORT)).isEqualTo(2);
        assertThat(config.value(NAME)).isEqualTo("web");
        assertThat(config.value(FORMAT)).isEqualTo(Format.TABLE);
    }

    @Test
    void everyUnknownKeyAndBadValueIsNamed() {
        assertThatThrownBy(() -> settings(Map.of("prot", "1", "port", "70000", "format", "xml")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("--set: format=xml: expected one of table, json, csv; "
                        + "port=70000: expected a whole number, from 0 to 65535; unknown key \"prot\"");
    }

    @Test
    void aFileThatDoesNotExistOrIsNotTextIsNamed(@TempDir Path directory) throws IOException {
        Path missing = directory.resolve("none.properties");
        assertThatThrownBy(() -> Config.read(KEYS, Optional.of(missing), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(missing + ": no such file; expected a properties file");
        assertThatThrownBy(() -> Config.read(KEYS, Optional.of(directory), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(directory + ": is a directory; expected a properties file");
        Path binary = Files.write(directory.resolve("binary.properties"), new byte[] {(byte) 0xFF, (byte) 0xFE});
        assertThatThrownBy(() -> Config.read(KEYS, Optional.of(binary), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(binary + ": not a properties file in UTF-8");
    }

    @Test
    void aRequiredKeyWithoutAValueIsNamed() throws IOException {
        Config config = settings(Map.of());
        assertThatThrownBy(() -> config.value(NAME))
                .isInstanceOf(ConfigException.class)
                .hasMessage("--set: name is required: expected text");
    }

    @Test
    void membersOfAFamilyHaveTheirOwnValues() throws IOException {
        Config config = settings(Map.of("source.web.paths", "/a , /b", "source.api.format", "json"));
        assertThat(config.members("source")).containsExactly("api", "web");
        assertThat(config.member("source", "web").value(PATHS)).containsExactly("/a", "/b");
        assertThat(config.member("source", "api").value(FORMAT)).isEqualTo(Format.JSON);
    }

    @Test
    void anUnknownKeyOfAFamilyIsRefused() {
        assertThatThrownBy(() -> settings(Map.of("source.web.path", "/a")))
                .hasMessage("--set: unknown key \"source.web.path\"");
        assertThatThrownBy(() -> settings(Map.of("source.web", "/a"))).hasMessage("--set: unknown key \"source.web\"");
    }

    @Test
    void namedKeyHasAnyNumberOfValues() throws IOException {
        ConfigKey<Integer> weight = ConfigKey.integer("weight", null, 0, 9, "");
        ConfigKeys keys = ConfigKeys.of(PATHS)
                .withNamed(weight)
                .withFamily("rack", ConfigKeys.of(FORMAT).withNamed(weight));
        Config config = Config.read(
                keys,
                Optional.empty(),
                Map.of("weight.a", "1", "weight.b.c", "2", "rack.x.weight.d", "3", "paths", "/x"));
        assertThat(config.named(weight)).isEqualTo(Map.of("a", 1, "b.c", 2));
        assertThat(config.member("rack", "x").named(weight)).isEqualTo(Map.of("d", 3));
        assertThatThrownBy(() -> Config.read(keys, Optional.empty(), Map.of("weight.a", "10")))
                .hasMessage("--set: weight.a=10: expected a whole number, from 0 to 9");
        assertThatThrownBy(() -> Config.read(keys, Optional.empty(), Map.of("weight.", "1", "weight", "2")))
                .hasMessage("--set: unknown key \"weight\"; unknown key \"weight.\"");
    }

    private static Config settings(Map<String, String> settings) throws IOException {
        return Config.read(KEYS, Optional.empty(), settings);
    }
}
