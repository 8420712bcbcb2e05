package io.tailrace.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of {@code docs/monitoring.md}, which tests compare with endpoints. */
public final class MonitoringDocument {
    private static final Pattern ROW =
            Pattern.compile("\\| `(\\S+)` \\| (counter|gauge|summary) \\| ([^|]+) \\|([^|]*)\\| [^|]+ \\|");

    private MonitoringDocument() {}

    /**
     * The metrics that the tables below the given headings list, as {@link Scrape#metrics} writes them.
     *
     * @param root the checkout
     * @throws AssertionError if a metric is listed twice
     */
    public static Map<String, String> metrics(Path root, String... headings) throws IOException {
        Map<String, String> metrics = new TreeMap<>();
        String heading = "";
        for (String line : Files.readAllLines(root.resolve("docs/monitoring.md"))) {
            if (line.startsWith("#")) {
                heading = line.replaceFirst("#+ ", "");
            }
            Matcher row = ROW.matcher(line);
            if (row.matches() && List.of(headings).contains(heading)) {
                String before = metrics.put(row.group(1), row.group(2) + " " + labels(row.group(4)));
                if (before != null) {
                    throw new AssertionError("listed twice: " + row.group(1));
                }
            }
        }
        return metrics;
    }

    private static SortedSet<String> labels(String cell) {
        SortedSet<String> labels = new TreeSet<>();
        for (String label : cell.replace("`", "").split(",", -1)) {
            if (!label.isBlank()) {
                labels.add(label.strip());
            }
        }
        return labels;
    }
}
