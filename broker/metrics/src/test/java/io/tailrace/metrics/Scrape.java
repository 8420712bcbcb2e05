package io.tailrace.metrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What an endpoint answered, for tests: its metrics with their types and labels, and their values. Immutable. */
public final class Scrape {
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*(?:\\{.*})?) (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]+)=\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Map<String, String> types = new TreeMap<>();
    private final Map<String, Double> values = new TreeMap<>();

    private Scrape(String text) {
        text.lines().forEach(line -> {
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (type.matches()) {
                types.put(type.group(1), type.group(2));
            } else if (sample.matches()) {
                values.put(sample.group(1), Double.valueOf(sample.group(2)));
            }
        });
    }

    /** Scrapes {@code /metrics} of a process on this machine. */
    public static Scrape of(int port) {
        HttpResponse<String> response = get(port, "/metrics");
        if (response.statusCode() != 200) {
            throw new AssertionError("status " + response.statusCode() + ": " + response.body());
        }
        return new Scrape(response.body());
    }

    /** Gets a path of an endpoint. */
    public static HttpResponse<String> get(int port, String path) {
        try {
            URI uri = URI.create("http://127.0.0.1:" + port + path);
            return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The value of a series as the text has it, such as {@code up{job="a"}}; NaN if there is none. */
    public double value(String series) {
        return values.getOrDefault(series, Double.NaN);
    }

    /** The series of a metric, with their values. */
    public Map<String, Double> series(String metric) {
        return values.entrySet().stream()
                .filter(each -> each.getKey().equals(metric) || each.getKey().startsWith(metric + "{"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Each metric as {@link MonitoringDocument} writes it: its type, and its labels in order. */
    public Map<String, String> metrics() {
        Map<String, String> metrics = new TreeMap<>();
        types.forEach((name, type) -> metrics.put(name, type + " " + labels(name)));
        return metrics;
    }

    /** As {@link #metrics}, without those of the JVM, which every process has. */
    public Map<String, String> metricsOfTailrace() {
        Map<String, String> metrics = metrics();
        metrics.keySet().removeIf(name -> name.startsWith("jvm_") || name.startsWith("process_"));
        return metrics;
    }

    private SortedSet<String> labels(String name) {
        SortedSet<String> labels = new TreeSet<>();
        for (String suffix : new String[] {"", "_count", "_sum"}) {
            for (String series : series(name + suffix).keySet()) {
                Matcher label = LABEL.matcher(series);
                while (label.find()) {
                    labels.add(label.group(1));
                }
            }
        }
        return labels;
    }
}
