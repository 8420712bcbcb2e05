package io.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A history fails without each rule of transactions. The seed from the table in {@code docs/transactions.md} is tried first, then
 * all of them in order. {@code -Dsearch=true} tries all in order, and prints rule and seed.
 */
class TransactionRulesMatterTest {
    private static final RuleTable TABLE = new RuleTable(Path.of("../../docs/transactions.md"));

    @ParameterizedTest
    @EnumSource
    void withoutItAHistoryFails(TransactionRuleSwitch rule) throws IOException {
        IsolatedSimulation without = rule.switchedOff();
        Optional<Long> seed = TABLE.failing(rule.rule(), without);
        assertThat(seed)
                .as("a seed below %d that fails without the rule: %s", RuleTable.SEEDS, rule.rule())
                .isPresent();
        System.out.printf(
                "%s | %d | %s%n",
                rule.rule(), seed.get(), without.failure(seed.get()).orElseThrow());
    }

    @Test
    void everyRuleIsInTheTableWithASeed() throws IOException {
        assertThat(TABLE.seeds())
                .containsOnlyKeys(Arrays.stream(TransactionRuleSwitch.values())
                        .map(TransactionRuleSwitch::rule)
                        .toList());
    }

    @Test
    void withNothingSwitchedOffAnIsolatedSimulationIsTheSame() {
        assertThat(new IsolatedSimulation(TransactionSimulation.class, Map.of()).trace(17))
                .isNotEmpty()
                .isEqualTo(TransactionSimulation.trace(17));
    }
}
