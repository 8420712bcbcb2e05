package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.metrics.Health;
import io.tailrace.metrics.MetricsEndpoint;
import io.tailrace.metrics.MetricsListener;
import io.tailrace.metrics.MonitoringDocument;
import io.tailrace.metrics.Scrape;
import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AgentMonitorTest extends AgentFixture {
    private static final String SOURCE = "{source=\"web\"}";

    private Scrape scrape() {
        try (MetricsEndpoint endpoint = MetricsEndpoint.start(new MetricsListener("127.0.0.1", 0), harness.monitor)) {
            endpoint.register(harness.monitor::register);
            return Scrape.of(endpoint.port());
        }
    }

    @Test
    void theDocumentListsWhatTheEndpointHas() throws IOException {
        assertThat(scrape().metricsOfTailrace()).isEqualTo(MonitoringDocument.metrics(Path.of(".."), "Agents"));
    }

    @Test
    void acknowledgedLinesAreCounted() throws IOException {
        harness.append("access.log", "one\ntwo\n" + "x".repeat(AgentHarness.LINE_BYTES_MAX + 1) + "\n");
        harness.run();

        Scrape scrape = scrape();
        assertThat(scrape.value("tailrace_agent_lines_total" + SOURCE)).isEqualTo(3);
        assertThat(scrape.value("tailrace_agent_dead_letters_total" + SOURCE)).isEqualTo(1);
        assertThat(scrape.value("tailrace_agent_bytes_total" + SOURCE))
                .isEqualTo("onetwo".length() + AgentHarness.LINE_BYTES_MAX);
        assertThat(scrape.value("tailrace_agent_files" + SOURCE)).isEqualTo(1);
        assertThat(scrape.value("tailrace_agent_in_flight_bytes")).isZero();
        assertThat(scrape.value("tailrace_agent_last_acknowledgement_timestamp_seconds"))
                .isEqualTo(harness.nowMs / 1000.0);
        assertThat(harness.monitor.ready()).isEqualTo(Health.Status.up("everything that was read is acknowledged"));
    }

    @Test
    void unacknowledgedLinesAreABacklogUntilTheNextScan() throws IOException {
        harness.producer.holding = true;
        harness.append("access.log", "one\ntwo\n");
        harness.run();

        Scrape waiting = scrape();
        assertThat(waiting.value("tailrace_agent_lines_total" + SOURCE)).isZero();
        assertThat(waiting.value("tailrace_agent_backlog_bytes" + SOURCE)).isEqualTo(8);
        assertThat(waiting.value("tailrace_agent_in_flight_bytes")).isPositive();

        harness.producer.answerAll();
        harness.run();
        harness.run();
        assertThat(scrape().value("tailrace_agent_backlog_bytes" + SOURCE)).isZero();
    }

    @Test
    void timeUpToWhichEverythingIsSentIsShownByTopic() throws IOException {
        String metric = "tailrace_agent_read_up_to_timestamp_seconds{topic=\"" + AgentHarness.TOPIC + "\"}";
        assertThat(scrape().value(metric)).isZero();
        harness.append("access.log", "one\n");
        harness.run();
        harness.pass(60_000);
        harness.run();
        harness.run();

        long readUpToMs = (Long) harness.values(AgentHarness.PROGRESS).stream()
                .filter(statement -> statement.get("topic").toString().equals(AgentHarness.TOPIC))
                .findFirst()
                .orElseThrow()
                .get("readUpTo");
        assertThat(scrape().value(metric)).isEqualTo(readUpToMs / 1000.0);
    }

    @Test
    void brokersThatAcknowledgeNothingForAMinuteMakeItUnready() throws IOException {
        harness.producer.refusal = record -> Optional.of(ErrorCode.NOT_ENOUGH_REPLICAS);
        harness.append("access.log", "one\n");
        harness.run();
        assertThat(harness.monitor.ready().ok()).isTrue();

        harness.pass(AgentMonitor.SILENCE_MS_MAX);
        harness.run();
        assertThat(harness.monitor.ready())
                .isEqualTo(Health.Status.down(
                        "source web waits: records have not been acknowledged" + " for 61 s: refused by the test"));
        assertThat(harness.monitor.live().ok()).isTrue();

        harness.producer.refusal = record -> Optional.empty();
        harness.pass(60_000);
        // One reads that the last attempt failed, one sends again, one reads the answer.
        harness.run();
        harness.run();
        harness.run();
        assertThat(harness.monitor.ready().ok()).isTrue();
    }

    @Test
    void anAgentWithNothingToSendIsReady() {
        harness.run();
        harness.pass(10 * AgentMonitor.SILENCE_MS_MAX);
        harness.run();

        assertThat(harness.monitor.ready().ok()).isTrue();
    }

    @Test
    void aClockThatIsSetForwardMakesNoAgentUnready() throws IOException {
        harness.producer.holding = true;
        harness.append("access.log", "one\n");
        harness.run();
        harness.setClockForward(10 * AgentMonitor.SILENCE_MS_MAX);
        assertThat(harness.monitor.ready().ok()).as("between two steps").isTrue();

        harness.run();
        assertThat(harness.monitor.ready().ok()).as("while lines are in flight").isTrue();
    }

    @Test
    void aSilentRegistryIsTheReason() throws IOException {
        harness.registry.down = true;
        harness.append("access.log", "one\n");
        harness.run();

        assertThat(harness.monitor.ready())
                .isEqualTo(Health.Status.down("source web waits: schema registry does not answer: down;"
                        + " audit waits: schema registry does not answer: down"));
        assertThat(scrape().value("tailrace_agent_waiting_sources")).isEqualTo(1);
    }

    @Test
    void aThreadThatHangsMakesItUnready() {
        harness.run();
        harness.pass(AgentMonitor.SILENCE_MS_MAX + 1);

        assertThat(harness.monitor.ready().reason()).startsWith("agent has not come back from a file or disk for 60 s");
    }

    @Test
    void aFailedAgentIsNotLive() {
        harness.monitor.watch(CompletableFuture.failedFuture(new IOException("checkpoint is corrupt")));

        assertThat(harness.monitor.live())
                .isEqualTo(Health.Status.down("agent has failed: java.io.IOException: checkpoint is corrupt"));
        assertThat(harness.monitor.ready().ok()).isFalse();
    }
}
