package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.tailrace.agent.parse.Format;
import io.tailrace.metrics.MetricsEndpoint;
import io.tailrace.metrics.MetricsListener;
import io.tailrace.metrics.Scrape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a source does with its lines: fixed fields, filters, samples and a limit of the rate. */
class AgentLineRulesTest {
    private static final Optional<Pattern> ANY = Optional.empty();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private AgentHarness harness(Format format, LineRules rules) throws IOException {
        return new AgentHarness(folder, logs -> {
            int linesMax = rules.linesPerSecMax() == 0 ? 4_096 : rules.linesPerSecMax();
            return List.of(new Source(
                    AgentHarness.tail(logs, "web", "access.log*").withChunkLinesMax(linesMax),
                    format,
                    AgentHarness.TOPIC,
                    rules));
        });
    }

    private static Format format(Format.Kind kind) {
        return new Format(kind, "(?<dc>\\w+)", "", "iso");
    }

    @ParameterizedTest
    @EnumSource(
            value = Format.Kind.class,
            names = {"LOGFORMAT"},
            mode = EnumSource.Mode.EXCLUDE)
    void fixedFieldsAreInEveryRecord(Format.Kind kind) throws IOException {
        LineRules rules = new LineRules(Map.of("dc", "fra", "a", "b c"), ANY, ANY, 100, 0);
        try (AgentHarness harness = harness(format(kind), rules)) {
            String access = "::1 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12";
            harness.append(
                    "access.log",
                    switch (kind) {
                                case COMBINED -> access + " \"-\" \"-\"";
                                case VHOST_COMBINED -> "x:80 " + access + " \"-\" \"-\"";
                                case JSON -> "{\"dc\":\"spoofed\",\"x\":1}";
                                case LOGFMT -> "dc=spoofed x=1";
                                case REGEX -> "spoofed";
                                default -> access;
                            }
                            + "\n");
            harness.run();
            assertThat(harness.values(AgentHarness.TOPIC)).singleElement().satisfies(value -> assertThat(fields(value))
                    .containsEntry("dc", "fra")
                    .containsEntry("a", "b c"));
            assertThatAuditCounts(harness, 1, 0);
        }
    }

    @Test
    void fixedFieldReplacesAValueOfAnAccessLog() throws IOException {
        LineRules rules = new LineRules(Map.of("host", "web-1"), ANY, ANY, 100, 0);
        Format format = new Format(Format.Kind.LOGFORMAT, "$host $remote_addr [$time_local] $status $x", "", "iso");
        try (AgentHarness harness = harness(format, rules)) {
            harness.append("access.log", "spoofed ::1 [17/May/2015:10:05:03 +0000] 200 y\n");
            harness.run();
            assertThat(harness.values(AgentHarness.TOPIC)).singleElement().satisfies(value -> assertThat(fields(value))
                    .isEqualTo(Map.of("host", "web-1", "x", "y")));
        }
    }

    private static Map<String, String> fields(GenericRecord value) {
        return ((Map<?, ?>) value.get("fields"))
                .entrySet().stream()
                        .collect(Collectors.toMap(field -> field.getKey().toString(), field -> field.getValue()
                                .toString()));
    }

    @Test
    void linesAreKeptAndDroppedByPattern() throws IOException {
        LineRules rules = new LineRules(
                Map.of(), Optional.of(Pattern.compile("GET|POST")), Optional.of(Pattern.compile("/health")), 100, 0);
        try (AgentHarness harness = harness(format(Format.Kind.JSON), rules)) {
            harness.append(
                    "access.log",
                    "{\"r\":\"GET /\"}\n{\"r\":\"GET /health\"}\n{\"r\":\"PUT /\"}\nbroken POST\nbroken\n");
            harness.run();
            assertThat(harness.lines()).containsExactly("{\"r\":\"GET /\"}");
            assertThat(harness.lines(AgentHarness.DEAD_LETTERS)).containsExactly("broken POST");
            assertThatAuditCounts(harness, 1, 1);
            Scrape scrape = scrape(harness);
            assertThat(scrape.value("tailrace_agent_filtered_lines_total{source=\"web\"}"))
                    .isEqualTo(3);
            assertThat(scrape.value("tailrace_agent_lines_total{source=\"web\"}"))
                    .isEqualTo(2);
            assertThat(scrape.value("tailrace_agent_bytes_total{source=\"web\"}"))
                    .isEqualTo("{'r':'GET /'}broken POST".length());
            assertThat(scrape.value("tailrace_agent_dead_letters_total{source=\"web\"}"))
                    .isEqualTo(1);
        }
    }

    private static Scrape scrape(AgentHarness harness) {
        try (MetricsEndpoint endpoint = MetricsEndpoint.start(new MetricsListener("127.0.0.1", 0), harness.monitor)) {
            endpoint.register(harness.monitor::register);
            return Scrape.of(endpoint.port());
        }
    }

    /** A filtered line is neither a record nor a dead letter. */
    private static void assertThatAuditCounts(AgentHarness harness, long records, long rejected) throws IOException {
        harness.stop();
        List<GenericRecord> counts = harness.values(AgentHarness.AUDIT).stream()
                .filter(count -> count.get("topic").toString().equals(AgentHarness.TOPIC))
                .toList();
        assertThat(counts.stream().mapToLong(count -> (Long) count.get("count")).sum())
                .isEqualTo(records);
        assertThat(counts.stream()
                        .mapToLong(count -> (Long) count.get("rejected"))
                        .sum())
                .isEqualTo(rejected);
    }

    @Test
    void positionMovesPastLinesThatAreAllFiltered() throws IOException {
        LineRules rules = new LineRules(Map.of(), Optional.of(Pattern.compile("never")), ANY, 100, 0);
        try (AgentHarness harness = harness(format(Format.Kind.RAW), rules)) {
            harness.append("access.log", "a\nb\n");
            harness.run();
            assertThat(harness.agent.isIdle(harness.steadyMs())).isTrue();
            harness.stop();
            harness.start();
            harness.append("access.log", "never\n");
            harness.run();
            assertThat(harness.lines()).containsExactly("never");
        }
    }

    @Test
    void sampleIsTheSameForALineThatIsSentAgain() throws IOException {
        LineRules rules = new LineRules(Map.of(), ANY, ANY, 12.5, 0);
        try (AgentHarness harness = harness(format(Format.Kind.RAW), rules)) {
            harness.append(
                    "access.log",
                    IntStream.range(0, 8_000).mapToObj(n -> "line " + n + "\n").collect(Collectors.joining()));
            harness.producer.holding = true;
            harness.run();
            harness.crash(Integer.MAX_VALUE);
            List<String> first = harness.lines();
            harness.start();
            harness.run();
            List<String> all = harness.lines();
            assertThat(all.subList(first.size(), all.size())).startsWith(first.toArray(String[]::new));
            List<String> sample = all.subList(first.size(), all.size());
            assertThat(sample).doesNotHaveDuplicates().hasSizeBetween(900, 1_100);
        }
    }

    @Test
    void rateIsLimitedByWaiting() throws IOException {
        LineRules rules = new LineRules(Map.of(), ANY, Optional.of(Pattern.compile("^#")), 100, 5);
        try (AgentHarness harness = harness(format(Format.Kind.RAW), rules)) {
            harness.append(
                    "access.log",
                    "#1\n#2\n" + IntStream.range(0, 20).mapToObj(n -> n + "\n").collect(Collectors.joining()));
            int seconds = 0;
            do {
                harness.run();
                seconds++;
                assertThat(harness.lines()).hasSizeLessThanOrEqualTo(5 * seconds);
            } while (!harness.agent.isIdle(harness.steadyMs()));
            assertThat(harness.lines()).hasSize(20);
            assertThat(seconds).isBetween(4, 6);
        }
    }
}
