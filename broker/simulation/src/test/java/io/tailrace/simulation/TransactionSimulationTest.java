package io.tailrace.simulation;

import org.junit.jupiter.api.Test;

/** The rules of transactions, through thousands of {@link Histories}. */
class TransactionSimulationTest {
    private static final Histories HISTORIES = new Histories(
            TransactionSimulation::schedule, TransactionSimulation::failure, TransactionSimulation::trace);

    @Test
    void transactionsAreVisibleWholeOrNotAtAllAndNoneHangs() {
        HISTORIES.requireNoFailure();
    }

    @Test
    void aSeedHasOneHistory() {
        HISTORIES.requireOneOfEachSeed();
    }
}
