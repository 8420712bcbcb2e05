package io.tailrace.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** All rules together, through thousands of histories. {@code -Dseeds=N} runs more, {@code -Dseed=S} replays one. */
class SimulationTest {
    private static final int STEPS = 600;

    @Test
    void nothingAcknowledgedIsLostOrChanged() {
        Long only = Long.getLong("seed");
        long seeds = Long.getLong("seeds", 300);
        long committed = 0;
        for (long seed = only == null ? 0 : only; seed < (only == null ? seeds : only + 1); seed++) {
            try {
                SimulatedCluster cluster = new SimulatedCluster(seed);
                cluster.run(STEPS);
                cluster.heal();
                committed += cluster.committedRecords();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + ": replay with -Dseed=" + seed, e);
            }
        }
        assertThat(committed).as("records acknowledged in %s histories", seeds).isPositive();
    }
}
