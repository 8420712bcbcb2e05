package io.tailrace.systemtests;

import io.tailrace.systemtests.rotation.LogFleet;
import java.time.Duration;
import java.util.List;

/**
 * What a {@link PromiseRun} does.
 *
 * @param seed draws the faults, and what is written when
 * @param load for how long there are faults, at least one of each
 * @param haste by how much faults are shorter than usual
 * @param faults in each round, in any order
 * @param transactions whether the agent sends in transactions; otherwise the promise does not hold
 */
record PromisePlan(
        long seed, Duration load, int haste, LogFleet.Scale scale, List<PromiseFault> faults, boolean transactions) {

    /** A fault or two of each process, for a short time. */
    static PromisePlan brief(long seed, boolean transactions) {
        return new PromisePlan(
                seed,
                Duration.ZERO,
                8,
                new LogFleet.Scale(150_000, 300_000, RotationPlan.LINE_BYTES_MAX, 1_500),
                List.of(
                        PromiseFault.AGENT_KILLED,
                        PromiseFault.AGENT_KILLED,
                        PromiseFault.AGENT_PAUSED,
                        PromiseFault.COORDINATOR_KILLED,
                        PromiseFault.BROKER_PAUSED,
                        PromiseFault.REGISTRY_KILLED,
                        PromiseFault.LOADER_KILLED),
                transactions);
    }

    /** All kinds of faults, again and again. */
    static PromisePlan thorough(long seed, Duration load, boolean transactions) {
        return new PromisePlan(
                seed,
                load,
                1,
                new LogFleet.Scale(600_000, 1_000_000, RotationPlan.LINE_BYTES_MAX, 1_500),
                List.of(PromiseFault.values()),
                transactions);
    }
}
