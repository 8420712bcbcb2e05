package io.tailrace.simulation;

import org.junit.jupiter.api.Test;

/** All rules together, through thousands of {@link Histories}. */
class SimulationTest {
    private static final Histories HISTORIES =
            new Histories(Simulation::schedule, Simulation::failure, Simulation::trace);

    @Test
    void nothingAcknowledgedIsLostDuplicatedOrReordered() {
        HISTORIES.requireNoFailure();
    }

    @Test
    void aSeedHasOneHistory() {
        HISTORIES.requireOneOfEachSeed();
    }
}
