package io.tailrace.simulation;

import org.junit.jupiter.api.Test;

/** The rules of groups and the runtime of shards, through thousands of {@link Histories}. */
class GroupSimulationTest {
    private static final Histories HISTORIES =
            new Histories(GroupSimulation::schedule, GroupSimulation::failure, GroupSimulation::trace);

    @Test
    void everyRecordIsProcessedByOneMemberAtATimeAndCommitsStay() {
        HISTORIES.requireNoFailure();
    }

    @Test
    void aSeedHasOneHistory() {
        HISTORIES.requireOneOfEachSeed();
    }
}
