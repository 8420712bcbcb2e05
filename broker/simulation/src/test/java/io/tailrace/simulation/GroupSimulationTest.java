package io.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The rules of groups and the runtime of shards, through thousands of histories. {@code -Dseeds=N} runs more; {@code -Dseed=S} prints
 * the history of one seed and, if it fails, the steps that it needs to fail.
 */
class GroupSimulationTest {
    private static final long SEEDS = 10_000;

    @Test
    void everyRecordIsProcessedByOneMemberAtATimeAndCommitsStay() {
        Long only = Long.getLong("seed");
        if (only != null) {
            System.out.println(GroupSimulation.schedule(only));
            assertThat(GroupSimulation.failure(only, GroupSimulation.schedule(only), Trace.to(System.out)))
                    .as(() -> smallestOf(only))
                    .isEmpty();
            return;
        }
        OptionalLong failing = LongStream.range(0, Long.getLong("seeds", SEEDS))
                .parallel()
                .filter(seed -> GroupSimulation.failure(seed).isPresent())
                .findFirst();
        if (failing.isPresent()) {
            fail(smallestOf(failing.getAsLong()));
        }
    }

    @Test
    void aSeedHasOneHistory() {
        assertThat(GroupSimulation.trace(17))
                .isEqualTo(GroupSimulation.trace(17))
                .isNotEqualTo(GroupSimulation.trace(18));
    }

    private static String smallestOf(long seed) {
        Schedule smallest = new Shrinker(schedule -> GroupSimulation.failure(seed, schedule, Trace.NONE))
                .shrink(GroupSimulation.schedule(seed));
        return "seed %d: %s%nreduced to these steps it still fails: %s%n%s%nreplay all of it with -Dseed=%d"
                .formatted(
                        seed,
                        GroupSimulation.failure(seed).orElse("nothing"),
                        GroupSimulation.failure(seed, smallest, Trace.NONE).orElse("nothing"),
                        smallest,
                        seed);
    }
}
