package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.agent.parse.Format;
import io.tailrace.agent.tail.Multiline;
import io.tailrace.config.Config;
import io.tailrace.config.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
        "source.web.keep, (?!x), source.web.keep=(?!x): expected an expression of RE2",
        "source.web.drop, (, source.web.drop=(",
        "source.web.sample.percent, 0, 'source.web.sample.percent=0: expected a number above 0, up to 100'",
        "source.web.sample.percent, 100.1, source.web.sample.percent=100.1",
        "source.web.rate.max, -1, source.web.rate.max=-1",
        "source.web.fields, x, source.web.fields",
        "source.web.fields.dc, '', source.web.fields.dc=: expected text that is not empty",
        "source.web.fields.dc, ${env:NO_SUCH_VARIABLE}, the environment has no variable NO_SUCH_VARIABLE",
        "source.web.multiline.start, ^x, 'source.web.multiline.start: a line of an access log is a record'",
        "source.web.multiline.timeout.ms, 0, source.web.multiline.timeout.ms=0",
        "source.web.encoding, UTF-16, source.web.encoding=UTF-16",
        "source.web.encoding, klingon, source.web.encoding=klingon",
        "schema.registry.url, nowhere, schema.registry.url=nowhere",
        "batch.bytes, 4096, line.bytes.max=65536",
        "batch.bytes, 9000000, batch.bytes=9000000: expected at most half of in.flight.bytes.max=16777216",
        "in.flight.bytes.max, 1073741824, in.flight.bytes.max=1073741824",
        "data.dir, state, data.dir=state: expected an absolute path",
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
    void relativeDataDirIsBelowTheFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("agent.properties"), """
                bootstrap.servers=localhost:9092
                schema.registry.url=http://localhost:8081
                source.web.paths=/var/log/a
                data.dir=../state
                """);
        Config config = Config.read(AgentKeys.ALL, Optional.of(file), Map.of());
        assertThat(AgentKeys.agentConfig(config).dataDirectory()).isEqualTo(folder.resolveSibling("state"));
        assertThat(config(Map.of()).dataDirectory()).isEqualTo(Path.of("/var/lib/tailrace/agent"));
    }

    @Test
    void invalidPatternIsRefusedAtStart() {
        assertThatThrownBy(() -> config(Map.of("source.web.format", "logformat", "source.web.pattern", "%h")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("source.web: log format \"%h\"");
    }

    @Test
    void linesHaveTheirRules() throws IOException {
        Source source = config(Map.of(
                        "source.web.format", "raw",
                        "source.web.fields.dc", "fra-1",
                        "source.web.fields.home.path", "x ${env:PATH}",
                        "source.web.keep", "GET",
                        "source.web.drop", "/health",
                        "source.web.sample.percent", "0.5",
                        "source.web.rate.max", "100",
                        "source.web.multiline.continue", "^\\s",
                        "source.web.multiline.timeout.ms", "250"))
                .sources()
                .get(0);
        assertThat(source.rules().fields()).isEqualTo(Map.of("dc", "fra-1", "home.path", "x " + System.getenv("PATH")));
        assertThat(source.rules().keep().orElseThrow().pattern()).isEqualTo("GET");
        assertThat(source.rules().drop().orElseThrow().pattern()).isEqualTo("/health");
        assertThat(source.rules().samplePercent()).isEqualTo(0.5);
        assertThat(source.rules().linesPerSecMax()).isEqualTo(100);
        assertThat(source.tail().chunkLinesMax()).isEqualTo(100);
        Multiline multiline = source.tail().multiline().orElseThrow();
        assertThat(multiline.matchesStart()).isFalse();
        assertThat(multiline.timeoutMs()).isEqualTo(250);
    }

    @Test
    void recordsHaveOnePattern() {
        assertThatThrownBy(() -> config(Map.of(
                        "source.web.format", "raw",
                        "source.web.multiline.start", "^\\d",
                        "source.web.multiline.continue", "^\\s")))
                .hasMessageContaining("set multiline.start or multiline.continue, not both");
    }

    @Test
    void sourcesOfOneTopicHaveOneSchema() throws IOException {
        Map<String, String> raw = Map.of("source.app.paths", "/srv/app.log", "source.app.format", "raw");
        assertThatThrownBy(() -> config(raw))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("source.app.topic=access-log: expected another topic than that of source.web")
                .hasMessageContaining("RawLine and AccessLogEvent");
        Map<String, String> apart = new HashMap<>(raw);
        apart.put("source.app.topic", "app");
        assertThat(config(apart).sources()).hasSize(2);
        assertThatThrownBy(() -> config(Map.of(
                        "source.app.paths", "/srv/app.log",
                        "source.web.topic", "access-log",
                        "source.app.topic", "access-log",
                        "source.web.format", "raw")))
                .hasMessageContaining("source.app.topic=access-log");
    }
}
