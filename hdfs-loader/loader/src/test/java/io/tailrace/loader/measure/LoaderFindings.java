package io.tailrace.loader.measure;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What was measured: each run as a row of {@code docs/measurements/loader.csv}, and medians on standard output. */
final class LoaderFindings {
    private static final String COLUMNS =
            "topic,partitions,hours,records,log_mb,program,cpu_ms,resident_mib,wall_ms,load_average";

    private final List<String> rows = new ArrayList<>(List.of(COLUMNS));
    private final Map<String, Map<String, List<MeasuredProcess>>> runs = new LinkedHashMap<>();
    private final Map<String, Long> logBytes = new LinkedHashMap<>();

    /**
     * Adds a run.
     *
     * @param bytes size of the log text in the topic
     */
    void add(MeasuredTopic topic, String program, long bytes, MeasuredProcess run) {
        String row = String.format(
                Locale.ROOT,
                "%s,%d,%d,%d,%.0f,%s,%d,%d,%d,%.1f",
                topic.name(),
                topic.partitions(),
                topic.hours(),
                topic.records(),
                bytes / 1e6,
                program,
                run.cpuMs(),
                run.residentMiB(),
                run.wallMs(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        rows.add(row);
        System.out.println("loader: " + row);
        logBytes.put(topic.name(), bytes);
        runs.computeIfAbsent(topic.name(), name -> new LinkedHashMap<>())
                .computeIfAbsent(program, name -> new ArrayList<>())
                .add(run);
    }

    /** Writes all rows, and prints the medians of each topic. */
    void write() throws IOException {
        Files.write(Path.of("..", "..", "docs", "measurements", "loader.csv"), rows);
        runs.forEach((topic, programs) -> programs.forEach((program, of) -> System.out.printf(
                Locale.ROOT,
                "loader: median of %s, %s: cpu_ms=%.0f mb_per_cpu_s=%.1f resident_mib=%.0f wall_ms=%.0f%n",
                topic,
                program,
                median(of, MeasuredProcess::cpuMs),
                logBytes.getOrDefault(topic, 0L) / 1e3 / median(of, MeasuredProcess::cpuMs),
                median(of, MeasuredProcess::residentMiB),
                median(of, MeasuredProcess::wallMs))));
        runs.forEach((topic, programs) -> ratio(topic, List.copyOf(programs.values())));
    }

    /** The median of the pairs' ratios: both runs of a pair had about the same other load on the machine. */
    private static void ratio(String topic, List<List<MeasuredProcess>> programs) {
        if (programs.size() == 2) {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < programs.get(0).size(); i++) {
                ratios.add((double) programs.get(1).get(i).cpuMs()
                        / programs.get(0).get(i).cpuMs());
            }
            System.out.printf(Locale.ROOT, "loader: median ratio of %s: %.2f%n", topic, median(ratios, ratio -> ratio));
        }
    }

    private static <T> double median(List<T> values, ToDoubleFunction<T> of) {
        double[] sorted = values.stream().mapToDouble(of).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
