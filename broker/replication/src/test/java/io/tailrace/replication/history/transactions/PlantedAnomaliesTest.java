package io.tailrace.replication.history.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.replication.history.Anomaly;
import io.tailrace.replication.history.Verdict;
import io.tailrace.replication.history.Violation;
import io.tailrace.replication.history.transactions.TransactionHistory.WriteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Anomalies of every class are planted in random histories: all are found, and none in clean ones. */
class PlantedAnomaliesTest {
    private static final int SEEDS = 200;
    private static final int STEPS = 600;
    /** Some plants need a coincidence. */
    private static final int PLANTED_MIN = 20;

    @ParameterizedTest
    @EnumSource
    void nothingIsWrongWithCleanHistories(WriteOrder order) {
        for (long seed = 0; seed < 2 * SEEDS; seed++) {
            Verdict verdict = CleanPlan.draw(seed, order, STEPS).report().judge(order);
            assertThat(verdict.violations()).as("seed %d", seed).isEmpty();
            assertThat(verdict.kept()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyPlantedAnomalyIsFound(Plant plant) {
        int planted = 0;
        List<String> missed = new ArrayList<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            Plan plan = CleanPlan.draw(seed, plant.order(), STEPS);
            if (plant.spoil(plan, new Random(seed))) {
                planted++;
                Verdict verdict = plan.report().judge(plant.order());
                if (verdict.violations().stream().map(Violation::anomaly).noneMatch(plant.anomaly()::equals)) {
                    missed.add("seed " + seed + ": " + verdict);
                }
            }
        }
        assertThat(missed).isEmpty();
        assertThat(planted).isBetween(PLANTED_MIN, SEEDS);
    }

    @Test
    void everyClassOfTransactionsIsPlanted() {
        assertThat(Arrays.stream(Plant.values()).map(Plant::anomaly))
                .containsAll(EnumSet.range(Anomaly.G0, Anomaly.FETCH_NOT_LINEARIZABLE));
    }
}
