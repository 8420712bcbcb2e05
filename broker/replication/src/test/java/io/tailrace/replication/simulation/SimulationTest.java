package io.tailrace.replication.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * All rules together, through thousands of histories. {@code -Dseeds=N} runs more of them; {@code -Dseed=S} tells the one of
 * that seed, and the same cut down to the steps it takes if it fails.
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
        assertThat(Simulation.told(17)).isEqualTo(Simulation.told(17)).isNotEqualTo(Simulation.told(18));
    }

    private static String smallestOf(long seed) {
        Schedule smallest = new Shrinker(schedule -> Simulation.failure(seed, schedule, Trace.NONE))
                .shrink(Simulation.schedule(seed));
        return "seed %d: %s%ncut down to these steps it still fails: %s%n%s%nreplay it whole with -Dseed=%d"
                .formatted(
                        seed,
                        Simulation.failure(seed).orElse("nothing"),
                        Simulation.failure(seed, smallest, Trace.NONE).orElse("nothing"),
                        smallest,
                        seed);
    }
}
