package io.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The rules of transactions, through thousands of histories. {@code -Dseeds=N} runs more; {@code -Dseed=S} prints the history of
 * one seed and, if it fails, the steps that it needs to fail.
 */
class TransactionSimulationTest {
    private static final long SEEDS = 10_000;

    @Test
    void transactionsAreVisibleWholeOrNotAtAllAndNoneHangs() {
        Long only = Long.getLong("seed");
        if (only != null) {
            System.out.println(TransactionSimulation.schedule(only));
            assertThat(TransactionSimulation.failure(only, TransactionSimulation.schedule(only), Trace.to(System.out)))
                    .as(() -> smallestOf(only))
                    .isEmpty();
            return;
        }
        OptionalLong failing = LongStream.range(0, Long.getLong("seeds", SEEDS))
                .parallel()
                .filter(seed -> TransactionSimulation.failure(seed).isPresent())
                .findFirst();
        if (failing.isPresent()) {
            fail(smallestOf(failing.getAsLong()));
        }
    }

    @Test
    void aSeedHasOneHistory() {
        assertThat(TransactionSimulation.trace(17))
                .isEqualTo(TransactionSimulation.trace(17))
                .isNotEqualTo(TransactionSimulation.trace(18));
    }

    private static String smallestOf(long seed) {
        Schedule smallest = new Shrinker(schedule -> TransactionSimulation.failure(seed, schedule, Trace.NONE))
                .shrink(TransactionSimulation.schedule(seed));
        return "seed %d: %s%nreduced to these steps it still fails: %s%n%s%nreplay all of it with -Dseed=%d"
                .formatted(
                        seed,
                        TransactionSimulation.failure(seed).orElse("nothing"),
                        TransactionSimulation.failure(seed, smallest, Trace.NONE)
                                .orElse("nothing"),
                        smallest,
                        seed);
    }
}
