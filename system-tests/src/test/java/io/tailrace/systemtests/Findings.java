package io.tailrace.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** What a measurement found: rows of numbers, told on standard output and written to {@code docs/measurements}. */
final class Findings {
    /** The tests run in their module's folder. */
    static final Path FOLDER =
            Path.of("..", "docs", "measurements").toAbsolutePath().normalize();

    private final String name;
    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();

    Findings(String name, String... columns) {
        this.name = name;
        this.columns = List.of(columns);
    }

    /** Adds a row, and tells it at once. */
    void add(Object... values) {
        List<String> row = List.of(values).stream().map(String::valueOf).toList();
        if (row.size() != columns.size()) {
            throw new IllegalArgumentException(row + ": expected " + columns);
        }
        rows.add(row);
        System.out.println(name + ": "
                + LongStream.range(0, row.size())
                        .mapToObj(i -> columns.get((int) i) + "=" + row.get((int) i))
                        .collect(Collectors.joining(" ")));
    }

    /** Least, median and greatest. */
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
