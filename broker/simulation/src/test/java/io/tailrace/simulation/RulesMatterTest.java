package io.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A history fails without each part of a rule. The seed from the table in {@code docs/replication.md} is tried first, then all
 * of them in order. {@code -Dsearch=true} tries all in order, and prints rule and seed.
 */
class RulesMatterTest {
    private static final Path TABLE = Path.of("../../docs/replication.md");
    private static final long SEEDS = 10_000;

    /** The seeds in the table, by rule and part. */
    private static Map<String, Long> recorded() throws IOException {
        Map<String, Long> seeds = new TreeMap<>();
        for (String line : Files.readAllLines(TABLE)) {
            List<String> cells =
                    Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
            if (cells.size() == 6 && cells.get(4).matches("\\d+")) {
                seeds.put(cells.get(1), Long.valueOf(cells.get(4)));
            }
        }
        return seeds;
    }

    @ParameterizedTest
    @EnumSource
    void withoutItAHistoryFails(RuleSwitch rule) throws IOException {
        IsolatedSimulation without = rule.switchedOff();
        Optional<Long> seed = Optional.ofNullable(recorded().get(rule.part()))
                .filter(recorded -> !Boolean.getBoolean("search"))
                .filter(recorded -> without.failure(recorded).isPresent())
                .or(() -> firstFailing(without));
        assertThat(seed)
                .as("a seed below %d that fails without %s", SEEDS, rule.part())
                .isPresent();
        System.out.printf(
                "%s | %d | %s%n",
                rule.part(), seed.get(), without.failure(seed.get()).orElseThrow());
    }

    private static Optional<Long> firstFailing(IsolatedSimulation simulation) {
        OptionalLong seed = LongStream.range(0, SEEDS)
                .filter(each -> simulation.failure(each).isPresent())
                .findFirst();
        return seed.isPresent() ? Optional.of(seed.getAsLong()) : Optional.empty();
    }

    @Test
    void everyRuleIsInTheTableWithASeed() throws IOException {
        assertThat(recorded())
                .containsOnlyKeys(
                        Arrays.stream(RuleSwitch.values()).map(RuleSwitch::part).toList());
        assertThat(Arrays.stream(RuleSwitch.values())
                        .map(rule -> rule.part().substring(0, rule.part().indexOf(' ')))
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
    }

    @Test
    void withNothingSwitchedOffAnIsolatedSimulationIsTheSame() {
        assertThat(new IsolatedSimulation(Map.of()).failure(17)).isEqualTo(Simulation.failure(17));
    }
}
