package io.tailrace.systemtests;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The rows of a measurement, printed to standard output and written to {@code docs/measurements}. Each row ends with the
 * machine's load average, since other work on the machine makes times longer.
 */
final class Findings {
    /** Tests run in the folder of their module. */
    static final Path FOLDER =
            Path.of("..", "docs", "measurements").toAbsolutePath().normalize();

    private final String name;
    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();

    Findings(String name, String... columns) {
        this.name = name;
        this.columns =
                Stream.concat(Stream.of(columns), Stream.of("load_average")).toList();
    }

    /** Adds a row and prints it. */
    void add(Object... values) {
        String load =
                "%.1f".formatted(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        List<String> row = Stream.concat(Stream.of(values).map(String::valueOf), Stream.of(load))
                .toList();
        if (row.size() != columns.size()) {
            throw new IllegalArgumentException(row + ": expected " + columns);
        }
        rows.add(row);
        System.out.println(name + ": "
                + IntStream.range(0, row.size())
                        .mapToObj(i -> columns.get(i) + "=" + row.get(i))
                        .collect(Collectors.joining(" ")));
    }

    /** Minimum, median and maximum. */
    static String spread(List<Long> values) {
        List<Long> sorted = values.stream().sorted().toList();
        return "min %d, median %d, max %d"
                .formatted(sorted.get(0), sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1));
    }

    /** Writes all rows to {@code NAME.csv}. */
    void write() throws IOException {
        Files.createDirectories(FOLDER);
        List<String> lines = new ArrayList<>(List.of(String.join(",", columns)));
        rows.forEach(row -> lines.add(String.join(",", row)));
        Files.write(FOLDER.resolve(name + ".csv"), lines);
    }
}
