package io.tailrace.loader;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.run.LoadResult;
import io.tailrace.loader.run.TopicOutcome;
import io.tailrace.metrics.Health;
import io.tailrace.metrics.MetricsEndpoint;
import io.tailrace.metrics.MetricsListener;
import io.tailrace.metrics.MonitoringDocument;
import io.tailrace.metrics.Scrape;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadMonitorTest {
    private long nowMs = 1_700_000_000_000L;
    private final LoadMonitor monitor = new LoadMonitor(List.of("logs", "clicks"), () -> Instant.ofEpochMilli(nowMs));

    private Scrape scrape() {
        try (MetricsEndpoint endpoint = MetricsEndpoint.start(new MetricsListener("127.0.0.1", 0), monitor)) {
            endpoint.register(monitor::register);
            return Scrape.of(endpoint.port());
        }
    }

    @Test
    void theDocumentListsWhatTheEndpointHas() throws IOException {
        assertThat(scrape().metricsOfTailrace()).isEqualTo(MonitoringDocument.metrics(Path.of("../.."), "Loader"));
    }

    @Test
    void aLoadIsCountedByTopic() {
        monitor.started();
        assertThat(scrape().value("tailrace_loader_running")).isEqualTo(1);
        monitor.ended(new TopicOutcome("logs", new LoadResult("logs", 1998, 2, 24, 5, List.of()), null));
        nowMs += 2_500;
        monitor.succeeded();

        Scrape scrape = scrape();
        assertThat(scrape.value("tailrace_loader_running")).isZero();
        assertThat(scrape.value("tailrace_loader_rows_total{topic=\"logs\"}")).isEqualTo(1998);
        assertThat(scrape.value("tailrace_loader_rows_total{topic=\"clicks\"}")).isZero();
        assertThat(scrape.value("tailrace_loader_error_rows_total{topic=\"logs\"}"))
                .isEqualTo(2);
        assertThat(scrape.value("tailrace_loader_files_total{topic=\"logs\"}")).isEqualTo(24);
        assertThat(scrape.value("tailrace_loader_skipped_offsets_total{topic=\"logs\"}"))
                .isEqualTo(5);
        assertThat(scrape.value("tailrace_loader_loads_total{result=\"success\"}"))
                .isEqualTo(1);
        assertThat(scrape.value("tailrace_loader_last_load_seconds")).isEqualTo(2.5);
        assertThat(scrape.value("tailrace_loader_last_success_timestamp_seconds"))
                .isEqualTo(nowMs / 1000.0);
    }

    @Test
    void aFailureMakesItUnreadyUntilALoadSucceeds() {
        assertThat(monitor.ready()).isEqualTo(Health.Status.up("the first load is running"));

        monitor.started();
        monitor.ended(new TopicOutcome("logs", new LoadResult("logs", 10, 0, 1, 0, List.of()), null));
        monitor.ended(new TopicOutcome("clicks", null, new IOException("disk full")));
        monitor.failed("topic clicks: disk full");
        assertThat(monitor.ready()).isEqualTo(Health.Status.down("the last load failed: topic clicks: disk full"));
        assertThat(scrape().value("tailrace_loader_loads_total{result=\"failure\"}"))
                .isEqualTo(1);
        assertThat(scrape().value("tailrace_loader_rows_total{topic=\"logs\"}"))
                .as("a topic that was committed before the failure")
                .isEqualTo(10);
        assertThat(scrape().value("tailrace_loader_last_success_timestamp_seconds"))
                .isZero();
        assertThat(scrape().value("tailrace_loader_topic_failures_total{topic=\"clicks\"}"))
                .isEqualTo(1);
        assertThat(scrape().value("tailrace_loader_topic_failures_total{topic=\"logs\"}"))
                .isZero();
        assertThat(scrape().value("tailrace_loader_topic_last_success_timestamp_seconds{topic=\"logs\"}"))
                .isEqualTo(nowMs / 1000.0);
        assertThat(scrape().value("tailrace_loader_topic_last_success_timestamp_seconds{topic=\"clicks\"}"))
                .isZero();

        monitor.started();
        assertThat(monitor.ready().ok()).isFalse();
        monitor.succeeded();
        assertThat(monitor.ready()).isEqualTo(Health.Status.up("the last load succeeded"));
    }
}
