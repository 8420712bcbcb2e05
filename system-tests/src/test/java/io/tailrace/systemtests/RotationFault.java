package io.tailrace.systemtests;

import java.util.Random;

/** What happens to an agent and its brokers while logs are rotated. All of these can be undone. */
enum RotationFault {
    /** SIGTERM, and a start. */
    AGENT_STOPPED(0, 8_000),
    /** The same, with a source more. */
    AGENT_RECONFIGURED(0, 4_000),
    AGENT_KILLED(0, 8_000),
    /** {@code kill -9} of the leader of a partition. */
    LEADER_KILLED(100, 12_000),
    BROKER_KILLED(100, 9_000),
    /** SIGSTOP; the session of a broker ends after six seconds. */
    BROKER_PAUSED(300, 13_000),
    BROKERS_KILLED(100, 15_000),
    BROKERS_PAUSED(300, 15_000),
    /** All brokers, for as long as the plan says. */
    BROKERS_AWAY(0, 0),
    /** Of the checkpoint. */
    DISK_FULL(1_000, 12_000);

    private final int lastsMsMin;
    private final int lastsMsMax;

    RotationFault(int lastsMsMin, int lastsMsMax) {
        this.lastsMsMin = lastsMsMin;
        this.lastsMsMax = lastsMsMax;
    }

    /** Whether a killed agent may be started again in the meantime. */
    boolean mayMeetKill() {
        return this != AGENT_STOPPED && this != AGENT_RECONFIGURED && this != AGENT_KILLED;
    }

    long drawLastsMs(Random random, RotationPlan plan) {
        return this == BROKERS_AWAY ? plan.brokersAwayMs() : random.nextInt(lastsMsMin, lastsMsMax) / plan.haste();
    }
}
