package io.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/**
 * The histories of a simulation, one for each seed. {@code -Dseeds=N} plays more; {@code -Dseed=S} prints the history of one seed
 * and, if it fails, the steps that it needs to fail.
 *
 * @param schedules the schedule of a seed
 * @param traces the history of a seed, line by line
 */
record Histories(LongFunction<Schedule> schedules, Simulated simulated, LongFunction<String> traces) {
    private static final long SEEDS = 10_000;

    /** A simulation. */
    @FunctionalInterface
    interface Simulated {
        /** What is wrong with the history of a seed and a schedule; empty if nothing is. */
        Optional<String> failure(long seed, Schedule schedule, Trace trace);
    }

    /** Fails if a history does, with the steps that it needs to fail. */
    void requireNoFailure() {
        Long only = Long.getLong("seed");
        if (only != null) {
            System.out.println(schedules.apply(only));
            assertThat(simulated.failure(only, schedules.apply(only), Trace.to(System.out)))
                    .as(() -> smallestOf(only))
                    .isEmpty();
            return;
        }
        OptionalLong failing = LongStream.range(0, Long.getLong("seeds", SEEDS))
                .parallel()
                .filter(seed -> failure(seed).isPresent())
                .findFirst();
        if (failing.isPresent()) {
            fail(smallestOf(failing.getAsLong()));
        }
    }

    /** Fails unless a seed always has the same history, and another seed another one. */
    void requireOneOfEachSeed() {
        assertThat(traces.apply(17)).isEqualTo(traces.apply(17)).isNotEqualTo(traces.apply(18));
    }

    private Optional<String> failure(long seed) {
        return simulated.failure(seed, schedules.apply(seed), Trace.NONE);
    }

    private String smallestOf(long seed) {
        Schedule smallest =
                new Shrinker(schedule -> simulated.failure(seed, schedule, Trace.NONE)).shrink(schedules.apply(seed));
        return "seed %d: %s%nreduced to these steps it still fails: %s%n%s%nreplay all of it with -Dseed=%d"
                .formatted(
                        seed,
                        failure(seed).orElse("nothing"),
                        simulated.failure(seed, smallest, Trace.NONE).orElse("nothing"),
                        smallest,
                        seed);
    }
}
