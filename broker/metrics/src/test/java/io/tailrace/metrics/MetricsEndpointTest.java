package io.tailrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.config.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class MetricsEndpointTest {
    private static final MetricsListener ANY_PORT = new MetricsListener("127.0.0.1", 0);

    private final HttpClient http = HttpClient.newHttpClient();
    private volatile Health.Status live = Health.Status.up("it runs");
    private volatile Health.Status ready = Health.Status.down("3 partitions are \"opening\"");

    private final Health health = new Health() {
        @Override
        public Status live() {
            return live;
        }

        @Override
        public Status ready() {
            return ready;
        }
    };

    private HttpResponse<String> request(MetricsEndpoint endpoint, String method, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + endpoint.port() + path);
        return http.send(
                HttpRequest.newBuilder(uri)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String scrape(Consumer<Metrics> register) throws Exception {
        try (MetricsEndpoint endpoint = MetricsEndpoint.start(ANY_PORT, health)) {
            endpoint.register(register);
            HttpResponse<String> response = request(endpoint, "GET", "/metrics");
            assertThat(response.statusCode()).isEqualTo(200);
            return response.body();
        }
    }

    @Test
    void valuesAreReadWhenTheyAreScraped() throws Exception {
        String text = scrape(metrics -> {
            metrics.gauge("tailrace_depth", "Depth.", () -> 2.5);
            metrics.counter("tailrace_lines_total", "Lines.", () -> 3);
            metrics.gauges("tailrace_sizes", "Sizes.", List.of("topic"), sizes -> {
                sizes.add(1, "a");
                sizes.add(2, "b\"\n");
            });
            metrics.summaries(
                    "tailrace_ms", "Times.", List.of("request"), times -> times.add(4, 10, Map.of(0.5, 2.0), "Fetch"));
        });

        assertThat(text.lines())
                .contains(
                        "tailrace_depth 2.5",
                        "# TYPE tailrace_lines_total counter",
                        "tailrace_lines_total 3.0",
                        "tailrace_sizes{topic=\"a\"} 1.0",
                        "tailrace_sizes{topic=\"b\\\"\\n\"} 2.0",
                        "# TYPE tailrace_ms summary",
                        "tailrace_ms{request=\"Fetch\",quantile=\"0.5\"} 2.0",
                        "tailrace_ms_count{request=\"Fetch\"} 4",
                        "tailrace_ms_sum{request=\"Fetch\"} 10.0")
                .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\"}"))
                .anyMatch(line -> line.startsWith("process_open_fds "));
    }

    /** The JVM counts allocations with each collection, on a thread of its own. */
    @Test
    @SuppressWarnings("ThreadPriorityCheck") // Busy, but nothing reports that the count is there.
    void theDocumentListsTheMetricsOfTheJvm() throws Exception {
        try (MetricsEndpoint endpoint = MetricsEndpoint.start(ANY_PORT, health)) {
            System.gc();
            Map<String, String> found = Scrape.of(endpoint.port()).metrics();
            while (!found.containsKey("jvm_memory_pool_allocated_bytes_total")) {
                Thread.yield();
                found = Scrape.of(endpoint.port()).metrics();
            }

            assertThat(found).isEqualTo(MonitoringDocument.metrics(Path.of("../.."), "Every process"));
        }
    }

    @Test
    void aMetricThatCannotBeReadLeavesTheOthers() throws Exception {
        String text = scrape(metrics -> {
            metrics.gauge("tailrace_bad", "Bad.", () -> {
                throw new IllegalStateException("broken");
            });
            metrics.gauge("tailrace_good", "Good.", () -> 1);
        });

        assertThat(text).contains("tailrace_good 1.0").doesNotContain("tailrace_bad ");
    }

    @Test
    void aMetricThatFailsHalfwayIsNotShownInPart() throws Exception {
        String text = scrape(metrics -> metrics.gauges("tailrace_half", "Half.", List.of("topic"), samples -> {
            samples.add(1, "first");
            throw new IllegalStateException("broken");
        }));

        assertThat(text).doesNotContain("tailrace_half{");
    }

    @Test
    void healthIsAnsweredWhileScrapesAreStuck() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Semaphore stuck = new Semaphore(0);
        try (MetricsEndpoint endpoint = MetricsEndpoint.start(ANY_PORT, health)) {
            endpoint.register(metrics -> metrics.gauge("tailrace_stuck", "Stuck.", () -> {
                stuck.release();
                return await(release);
            }));
            List<CompletableFuture<HttpResponse<String>>> scrapes = new ArrayList<>();
            for (int i = 0; i < MetricsEndpoint.SCRAPES_MAX; i++) {
                scrapes.add(start(endpoint));
            }
            stuck.acquire(MetricsEndpoint.SCRAPES_MAX);

            assertThat(request(endpoint, "GET", "/health/live").statusCode()).isEqualTo(200);
            HttpResponse<String> oneMore = request(endpoint, "GET", "/metrics");
            assertThat(oneMore.statusCode()).isEqualTo(503);
            assertThat(oneMore.body()).contains("2 scrapes are in progress");

            release.countDown();
            for (CompletableFuture<HttpResponse<String>> scrape : scrapes) {
                assertThat(scrape.get().body()).contains("tailrace_stuck 1.0");
            }
            HttpResponse<String> next;
            do { // a scrape counts as in progress for a moment after its client has the whole answer
                next = request(endpoint, "GET", "/metrics");
            } while (next.statusCode() == 503);
            assertThat(next.statusCode()).isEqualTo(200);
        } finally {
            release.countDown();
        }
    }

    private static int await(CountDownLatch release) {
        try {
            release.await();
            return 1;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private CompletableFuture<HttpResponse<String>> start(MetricsEndpoint endpoint) {
        URI uri = URI.create("http://127.0.0.1:" + endpoint.port() + "/metrics");
        return http.sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void healthHasAReason() throws Exception {
        try (MetricsEndpoint endpoint = MetricsEndpoint.start(ANY_PORT, health)) {
            HttpResponse<String> isLive = request(endpoint, "GET", "/health/live");
            HttpResponse<String> isReady = request(endpoint, "GET", "/health/ready");
            live = Health.Status.down("disk failed");
            ready = Health.Status.up("all partitions are open");

            assertThat(isLive.statusCode()).isEqualTo(200);
            assertThat(isLive.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(isLive.body()).isEqualTo("{\"status\":\"up\",\"reason\":\"it runs\"}");
            assertThat(isReady.statusCode()).isEqualTo(503);
            assertThat(isReady.body())
                    .isEqualTo("{\"status\":\"down\",\"reason\":\"3 partitions are \\\"opening\\\"\"}");
            assertThat(request(endpoint, "GET", "/health/live").statusCode()).isEqualTo(503);
            assertThat(request(endpoint, "HEAD", "/health/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void otherPathsAndMethodsAreRefused() throws Exception {
        try (MetricsEndpoint endpoint = MetricsEndpoint.start(ANY_PORT, health)) {
            assertThat(request(endpoint, "GET", "/").statusCode()).isEqualTo(404);
            assertThat(request(endpoint, "GET", "/health").body())
                    .isEqualTo("{\"error\":\"expected /metrics, /health/live or /health/ready\"}");
            assertThat(request(endpoint, "POST", "/health/live").statusCode()).isEqualTo(405);
        }
    }

    private static Socket connect(MetricsEndpoint endpoint) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), endpoint.port());
        socket.getOutputStream()
                .write("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static boolean isAnswered(Socket socket) {
        try {
            return socket.getInputStream().read() == 'H';
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void connectionsAreBounded() throws Exception {
        List<Socket> open = new ArrayList<>();
        try (MetricsEndpoint endpoint = MetricsEndpoint.start(ANY_PORT, health)) {
            for (int i = 0; i < MetricsEndpoint.CONNECTIONS_MAX; i++) {
                open.add(connect(endpoint));
                assertThat(isAnswered(open.get(i))).as("connection %s", i).isTrue();
            }
            try (Socket oneMore = connect(endpoint)) {
                assertThat(isAnswered(oneMore)).isFalse();
            }
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void anEndpointThatIsOffRegistersNothing() {
        try (MetricsEndpoint endpoint = MetricsEndpoint.start(MetricsListener.OFF, health)) {
            endpoint.register(metrics -> {
                throw new AssertionError("registered");
            });
            assertThat(endpoint.port()).isEqualTo(-1);
        }
    }

    @Test
    void anAddressInUseIsNamedWithItsKey() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + other.getLocalPort();

            assertThatThrownBy(
                            () -> MetricsEndpoint.start(new MetricsListener("127.0.0.1", other.getLocalPort()), health))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage(
                            "metrics.listener=" + address + ": cannot listen there: Address already in use; expected a"
                                    + " free port on an address of this machine");
        }
    }

    @Test
    void anUnknownHostIsNamedWithItsKey() {
        assertThatThrownBy(() -> MetricsEndpoint.start(new MetricsListener("no-such-host.invalid", 1), health))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("metrics.listener=no-such-host.invalid:1: cannot listen there: ");
    }

    @Test
    void aClosedEndpointFreesItsPort() throws Exception {
        MetricsEndpoint first = MetricsEndpoint.start(ANY_PORT, health);
        int port = first.port();
        assertThat(request(first, "GET", "/metrics").statusCode()).isEqualTo(200);
        first.close();

        MetricsEndpoint second = MetricsEndpoint.start(new MetricsListener("127.0.0.1", port), health);
        second.close();
    }
}
