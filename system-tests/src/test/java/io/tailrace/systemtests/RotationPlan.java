package io.tailrace.systemtests;

import static io.tailrace.systemtests.RotationFault.AGENT_KILLED;
import static io.tailrace.systemtests.RotationFault.AGENT_RECONFIGURED;
import static io.tailrace.systemtests.RotationFault.AGENT_STOPPED;
import static io.tailrace.systemtests.RotationFault.BROKERS_PAUSED;
import static io.tailrace.systemtests.RotationFault.BROKER_KILLED;
import static io.tailrace.systemtests.RotationFault.DISK_FULL;
import static io.tailrace.systemtests.RotationFault.LEADER_KILLED;

import io.tailrace.systemtests.rotation.LogFleet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a {@link RotationRun} does.
 *
 * @param seed draws the faults, and what is written when
 * @param load for how long there are faults, at least one of each
 * @param brokersAwayMs for how long all brokers are away once
 * @param haste by how much other faults are shorter than usual
 * @param scale how much is written
 * @param faults after which no line may be there twice
 * @param laterFaults among which the agent is killed
 * @param transactions whether the agent sends in transactions before it is killed: then no line may be there twice after that, either
 */
record RotationPlan(
        long seed,
        Duration load,
        long brokersAwayMs,
        int haste,
        LogFleet.Scale scale,
        List<RotationFault> faults,
        List<RotationFault> laterFaults,
        boolean transactions) {
    /** The agent's default. */
    static final int LINE_BYTES_MAX = 65_536;

    /** A few faults, and small files; with transactions. */
    static RotationPlan brief(long seed) {
        return new RotationPlan(
                seed,
                Duration.ZERO,
                4_000,
                6,
                new LogFleet.Scale(400_000, 1_500_000, LINE_BYTES_MAX, 0),
                List.of(AGENT_STOPPED, AGENT_RECONFIGURED, LEADER_KILLED, BROKERS_PAUSED, DISK_FULL),
                List.of(AGENT_KILLED, AGENT_KILLED, BROKER_KILLED, DISK_FULL),
                true);
    }

    /** All kinds of faults, several times. */
    static RotationPlan thorough(long seed, Duration load, boolean transactions) {
        List<RotationFault> faults = Stream.of(RotationFault.values())
                .filter(fault -> fault != AGENT_KILLED)
                .toList();
        List<RotationFault> laterFaults = new ArrayList<>(faults);
        laterFaults.addAll(List.of(AGENT_KILLED, AGENT_KILLED, AGENT_KILLED));
        return new RotationPlan(
                seed,
                load,
                60_000,
                1,
                new LogFleet.Scale(3_000_000, 8_000_000, LINE_BYTES_MAX, 0),
                faults,
                laterFaults,
                transactions);
    }
}
