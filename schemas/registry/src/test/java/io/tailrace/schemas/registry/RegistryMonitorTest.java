package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.metrics.Health;
import io.tailrace.metrics.MetricsEndpoint;
import io.tailrace.metrics.MetricsListener;
import io.tailrace.metrics.MonitoringDocument;
import io.tailrace.metrics.Scrape;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryMonitorTest {
    private final AtomicLong nowMs = new AtomicLong(1_700_000_000_000L);
    private final AtomicLong steadyMs = new AtomicLong();
    private final InMemoryTopic topic = new InMemoryTopic();
    private final RegistryServer server = new TestRegistry(topic).server;
    private final RegistryMonitor monitor = new RegistryMonitor(() -> Instant.ofEpochMilli(nowMs.get()), steadyMs::get);
    private final MetricsEndpoint endpoint = MetricsEndpoint.start(new MetricsListener("127.0.0.1", 0), monitor);

    @BeforeEach
    void watch() {
        assertThat(monitor.ready()).isEqualTo(Health.Status.down("schema registry is starting: reading the log"));
        endpoint.register(metrics -> monitor.watch(server, metrics));
    }

    @AfterEach
    void stop() {
        endpoint.close();
        monitor.close();
        server.close();
    }

    private int register(String subject, String schema) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + "/subjects/" + subject + "/versions");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .POST(HttpRequest.BodyPublishers.ofString("{\"schema\":\"" + schema + "\"}"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    @Test
    void theDocumentListsWhatTheEndpointHas() throws Exception {
        register("a", "\\\"int\\\"");

        assertThat(Scrape.of(endpoint.port()).metricsOfTailrace())
                .isEqualTo(MonitoringDocument.metrics(Path.of("../.."), "Schema registry"));
    }

    @Test
    void schemasAndResponsesAreCounted() throws Exception {
        assertThat(register("a", "\\\"int\\\"")).isEqualTo(200);
        assertThat(register("b", "\\\"int\\\"")).isEqualTo(200);
        assertThat(register("b", "\\\"no such type\\\"")).isEqualTo(422);
        monitor.probe(server.store());

        Scrape scrape = Scrape.of(endpoint.port());
        assertThat(scrape.value("tailrace_registry_subjects")).isEqualTo(2);
        assertThat(scrape.value("tailrace_registry_schemas")).isEqualTo(1);
        assertThat(scrape.value("tailrace_registry_applied_offset")).isEqualTo(2);
        assertThat(scrape.value("tailrace_registry_log_end_offset")).isEqualTo(2);
        assertThat(scrape.value("tailrace_registry_responses_total{status=\"200\"}"))
                .isEqualTo(2);
        assertThat(scrape.value("tailrace_registry_responses_total{status=\"422\"}"))
                .isEqualTo(1);
    }

    @Test
    void aRegistryThatDoesNotReachTheEndOfTheLogIsNotReady() throws Exception {
        assertThat(Scrape.get(endpoint.port(), "/health/ready").statusCode()).isEqualTo(200);

        topic.failEndOffsetWith(RegistryException.storeFailed("no broker answers"));
        nowMs.addAndGet(RegistryMonitor.BEHIND_MS_MAX + 1_000);
        assertThat(monitor.ready().ok()).as("the clock was set forward").isTrue();
        steadyMs.addAndGet(RegistryMonitor.BEHIND_MS_MAX + 1_000);
        monitor.probe(server.store());
        assertThat(Scrape.get(endpoint.port(), "/health/ready").body())
                .isEqualTo("{\"status\":\"down\",\"reason\":\"the log was last read to its end 31 s ago: brokers do not"
                        + " answer, or send no records\"}");
        assertThat(monitor.live().ok()).isTrue();

        topic.failEndOffsetWith(null);
        monitor.probe(server.store());
        assertThat(monitor.ready()).isEqualTo(Health.Status.up("all schemas of the log are known"));
    }

    @Test
    void aLogThatCannotBeReadEndsTheRegistry() throws Exception {
        topic.failReadsWith(new IllegalStateException("the log is gone"));

        await().until(() -> !monitor.live().ok());
        assertThat(monitor.ready().reason()).contains("the log is gone");
    }
}
