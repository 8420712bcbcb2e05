package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tailrace.config.Config;
import io.tailrace.config.ConfigException;
import io.tailrace.config.ConfigKey;
import io.tailrace.process.CommandRunner;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RegistryConfigTest {
    private static final Path FILE = Path.of("../../conf/schema-registry.properties");

    private static RegistryConfig read(Map<String, String> settings) throws IOException {
        return RegistryConfig.of(Config.read(RegistryConfig.KEYS, Optional.empty(), settings));
    }

    @Test
    void shippedFileHasEveryKeyWithItsDefault() throws IOException {
        List<String> expected = RegistryConfig.KEYS.plain().stream()
                .map(key -> "#" + key.name() + "=" + key.defaultText())
                .toList();

        assertThat(Files.readAllLines(FILE).stream().filter(line -> line.matches("#?[a-z.]+=.*")))
                .containsExactlyElementsOf(expected);
        assertThat(RegistryConfig.of(Config.read(RegistryConfig.KEYS, Optional.of(FILE), Map.of())))
                .isEqualTo(read(Map.of()));
        assertThat(RegistryConfig.KEYS.plain()).extracting(ConfigKey::doc).doesNotHaveDuplicates();
    }

    @Test
    void settingsAreRead() throws IOException {
        RegistryConfig config = read(Map.of(
                "listeners", "http://127.0.0.1:9999", "kafkastore.timeout.ms", "5", "kafkastore.topic", "other"));

        assertThat(config.listener()).isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9999));
        assertThat(config.timeout()).isEqualTo(Duration.ofMillis(5));
        assertThat(config.topic()).isEqualTo("other");
        assertThat(config.bootstrapServers()).isEqualTo("localhost:9092");
    }

    @Test
    void invalidValueIsRefusedByItsKey() {
        for (String listener :
                List.of("127.0.0.1:8081", "https://127.0.0.1:1", "http://:1", "http://a", "http://a:x")) {
            assertThatExceptionOfType(ConfigException.class)
                    .as(listener)
                    .isThrownBy(() -> read(Map.of("listeners", listener)))
                    .withMessageContaining("listeners=" + listener);
        }
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(Map.of("listener", "http://a:1")))
                .withMessageContaining("unknown key \"listener\"");
    }

    @Test
    void wrongUsageExitsWithCodeTwo() {
        StringWriter err = new StringWriter();
        int exit = CommandRunner.commandLine(new SchemaRegistryCommand())
                .setErr(new PrintWriter(err))
                .execute("--set", "no.such.key=1");

        assertThat(exit).isEqualTo(2);
        assertThat(err.toString()).contains("no.such.key").doesNotContain("\tat ");
    }
}
