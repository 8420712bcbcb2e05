package io.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * All rules together, through thousands of histories. {@code -Dseeds=N} runs more; {@code -Dseed=S} prints the history of one
 * seed and, if it fails, the steps that it needs to fail.
 */
class SimulationTest {
    private static final long SEEDS = 10_000;

    @Test
    void nothingAcknowledgedIsLostDuplicatedOrReordered() {
        Long only = Long.getLong("seed");
        if (only != null) {
            System.out.println(Simulation.schedule(only));
            assertThat(Simulation.failure(only, Simulation.schedule(only), Trace.to(System.out)))
                    .as(() -> smallestOf(only))
                    .isEmpty();
            return;
        }
        OptionalLong failing = LongStream.range(0, Long.getLong("seeds", SEEDS))
                .parallel()
                .filter(seed -> Simulation.failure(seed).isPresent())
                .findFirst();
        if (failing.isPresent()) {
            fail(smallestOf(failing.getAsLong()));
        }
    }

    @Test
    void aSeedHasOneHistory() {
        assertThat(Simulation.trace(17)).isEqualTo(Simulation.trace(17)).isNotEqualTo(Simulation.trace(18));
    }

    private static String smallestOf(long seed) {
        Schedule smallest = new Shrinker(schedule -> Simulation.failure(seed, schedule, Trace.NONE))
                .shrink(Simulation.schedule(seed));
        return "seed %d: %s%nreduced to these steps it still fails: %s%n%s%nreplay all of it with -Dseed=%d"
                .formatted(
                        seed,
                        Simulation.failure(seed).orElse("nothing"),
                        Simulation.failure(seed, smallest, Trace.NONE).orElse("nothing"),
                        smallest,
                        seed);
    }
}
