package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.agent.parse.Format;
import io.tailrace.config.Config;
import io.tailrace.config.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentKeysTest {
    private static AgentConfig config(Map<String, String> more) throws IOException {
        Map<String, String> settings = new HashMap<>(Map.of(
                "bootstrap.servers", "localhost:9092",
                "schema.registry.url", "http://localhost:8081",
                "source.web.paths", "/var/log/a*,/var/log/b"));
        settings.putAll(more);
        return AgentKeys.agentConfig(Config.read(AgentKeys.ALL, Optional.empty(), settings));
    }

    @Test
    void shippedFileIsAccepted() throws IOException {
        Config config = Config.read(AgentKeys.ALL, Optional.of(Path.of("../conf/agent.properties")), Map.of());
        AgentConfig agent = AgentKeys.agentConfig(config);
        assertThat(agent.sources()).singleElement().satisfies(source -> {
            assertThat(source.topic()).isEqualTo("access-log");
            assertThat(source.format().kind()).isEqualTo(Format.Kind.COMBINED);
            assertThat(source.tail().charset()).isEqualTo(StandardCharsets.UTF_8);
        });
    }

    @Test
    void sourcesHaveTheirNamesAndSettings() throws IOException {
        AgentConfig agent = config(Map.of(
                "source.app.paths", "/srv/app.json",
                "source.app.format", "json",
                "source.app.topic", "app",
                "source.app.time.field", "at"));
        assertThat(agent.sources()).extracting(Source::name).containsExactly("app", "web");
        assertThat(agent.sources().get(1).tail().globs()).containsExactly("/var/log/a*", "/var/log/b");
    }

    @ParameterizedTest
    @CsvSource({
        "source.web.path, /x, source.web.path",
        "source.web.paths, relative/x, expected an absolute path",
        "source.web.exclude, old/*.gz, source.web.exclude=old/*.gz: expected an absolute path, or a name without a slash",
        "source.web.start.at, middle, source.web.start.at=middle",
        "source.web.ignore.older.ms, -1, source.web.ignore.older.ms=-1",
        "source.web.format, apache, source.web.format=apache",
        "source.web.encoding, UTF-16, source.web.encoding=UTF-16",
        "source.web.encoding, klingon, source.web.encoding=klingon",
        "schema.registry.url, nowhere, schema.registry.url=nowhere",
        "batch.bytes, 4096, line.bytes.max=65536",
        "batch.bytes, 9000000, batch.bytes=9000000: expected at most half of in.flight.bytes.max=16777216",
        "in.flight.bytes.max, 1073741824, in.flight.bytes.max=1073741824",
        "poll.intervall.ms, 5, poll.intervall.ms",
    })
    void invalidValueIsRefusedByItsKey(String key, String value, String message) {
        assertThatThrownBy(() -> config(Map.of(key, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    @Test
    void onlyOneSourceReadsStandardInput() throws IOException {
        assertThat(config(Map.of("source.web.paths", "-")).sources()).hasSize(1);
        assertThatThrownBy(() -> config(Map.of("source.web.paths", "-", "source.app.paths", "/var/log/app.log,-")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("source.web.paths=-: source app reads standard input already");
    }

    @Test
    void invalidPatternIsRefusedAtStart() {
        assertThatThrownBy(() -> config(Map.of("source.web.format", "logformat", "source.web.pattern", "%h")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("source.web: log format \"%h\"");
    }
}
