package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Debian's Prometheus, which scrapes processes of this machine every second. */
final class Prometheus implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern LISTENING = Pattern.compile("\"Listening on\" address=\\S+:(\\d+)\n");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final int port;

    private Prometheus(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Whether the package is installed. */
    static boolean isInstalled() {
        return Stream.of("prometheus", "promtool")
                .allMatch(program -> Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))));
    }

    /**
     * Starts a server.
     *
     * @param folder for its files and its log
     * @param rules alerting rules, as YAML
     * @param ports of the endpoints to scrape, as the job tailrace
     */
    static Prometheus start(Path folder, String rules, List<Integer> ports) throws IOException {
        String targets = ports.stream().map(port -> "'127.0.0.1:" + port + "'").collect(Collectors.joining(", "));
        Files.writeString(folder.resolve("rules.yml"), rules);
        Path config = Files.writeString(folder.resolve("prometheus.yml"), """
                global:
                  scrape_interval: 1s
                  evaluation_interval: 1s
                rule_files: [rules.yml]
                scrape_configs:
                  - job_name: tailrace
                    static_configs:
                      - targets: [%s]
                """.formatted(targets));
        Path log = folder.resolve("prometheus.log");
        Process process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:0")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await("Prometheus to listen")
                .failFast("Prometheus has ended", () -> !process.isAlive())
                .until(() -> port(log).isPresent());
        return new Prometheus(process, port(log).orElseThrow());
    }

    /** The port that Prometheus reports. */
    private static Optional<Integer> port(Path log) throws IOException {
        Matcher matcher = LISTENING.matcher(Files.readString(log));
        return matcher.find() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        if (!process.isAlive()) {
            throw new AssertionError("Prometheus has ended with exit code " + process.exitValue());
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        JsonNode answer = JSON.readTree(
                http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        if (!answer.path("status").asText().equals("success")) {
            throw new AssertionError(path + ": " + answer);
        }
        return answer.path("data");
    }

    /** The values of a query's result, one for each series. */
    List<Double> query(String expression) throws IOException, InterruptedException {
        List<Double> values = new ArrayList<>();
        get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                .path("result")
                .forEach(series -> values.add(series.path("value").get(1).asDouble()));
        return values;
    }

    /** The state of each alerting rule by its name: unknown until it is evaluated, then inactive, pending or firing. */
    Map<String, String> alerts() throws IOException, InterruptedException {
        Map<String, String> states = new TreeMap<>();
        for (JsonNode group : get("/api/v1/rules").path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                String error = rule.path("lastError").asText();
                states.put(
                        rule.path("name").asText(),
                        error.isEmpty() ? rule.path("state").asText() : error);
            }
        }
        return states;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .orTimeout(30, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly())
                .join();
    }
}
