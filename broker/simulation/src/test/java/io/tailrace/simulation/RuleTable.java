package io.tailrace.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** A table of rules in a document, with a seed each whose history fails without the rule. */
record RuleTable(Path document) {
    static final long SEEDS = 10_000;

    /** The seeds in the table, by rule. */
    Map<String, Long> seeds() throws IOException {
        Map<String, Long> seeds = new TreeMap<>();
        for (String line : Files.readAllLines(document)) {
            List<String> cells =
                    Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
            if (cells.size() == 6 && cells.get(4).matches("\\d+")) {
                seeds.put(cells.get(1), Long.valueOf(cells.get(4)));
            }
        }
        return seeds;
    }

    /** A seed that fails: that of the table if possible, else the first one. */
    Optional<Long> failing(String rule, IsolatedSimulation without) throws IOException {
        return Optional.ofNullable(seeds().get(rule))
                .filter(recorded -> !Boolean.getBoolean("search"))
                .filter(recorded -> without.failure(recorded).isPresent())
                .or(() -> firstFailing(without));
    }

    private static Optional<Long> firstFailing(IsolatedSimulation simulation) {
        OptionalLong seed = LongStream.range(0, SEEDS)
                .filter(each -> simulation.failure(each).isPresent())
                .findFirst();
        return seed.isPresent() ? Optional.of(seed.getAsLong()) : Optional.empty();
    }
}
