package io.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A history fails without each part of a rule. The seed from the table in {@code docs/replication.md} is tried first, then all
 * of them in order. {@code -Dsearch=true} tries all in order, and prints rule and seed.
 */
class RulesMatterTest {
    private static final RuleTable TABLE = new RuleTable(Path.of("../../docs/replication.md"));

    @ParameterizedTest
    @EnumSource
    void withoutItAHistoryFails(RuleSwitch rule) throws IOException {
        IsolatedSimulation without = rule.switchedOff();
        Optional<Long> seed = TABLE.failing(rule.part(), without);
        assertThat(seed)
                .as("a seed below %d that fails without %s", RuleTable.SEEDS, rule.part())
                .isPresent();
        System.out.printf(
                "%s | %d | %s%n",
                rule.part(), seed.get(), without.failure(seed.get()).orElseThrow());
    }

    @Test
    void everyRuleIsInTheTableWithASeed() throws IOException {
        assertThat(TABLE.seeds())
                .containsOnlyKeys(
                        Arrays.stream(RuleSwitch.values()).map(RuleSwitch::part).toList());
        assertThat(Arrays.stream(RuleSwitch.values())
                        .map(rule -> rule.part().substring(0, rule.part().indexOf(' ')))
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
    }

    @Test
    void withNothingSwitchedOffAnIsolatedSimulationIsTheSame() {
        assertThat(new IsolatedSimulation(Simulation.class, Map.of()).trace(17))
                .isNotEmpty()
                .isEqualTo(Simulation.trace(17));
    }
}
