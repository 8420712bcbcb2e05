package io.tailrace.systemtests;

/** What happens to one process of a pipeline, or to all brokers. All of these can be undone. */
enum PromiseFault {
    AGENT_KILLED(0, 6_000),
    /** For longer than a transaction may take, if it lasts long. */
    AGENT_PAUSED(300, 45_000),
    /** The broker that coordinates the agent's transactions. */
    COORDINATOR_KILLED(100, 10_000),
    COORDINATOR_PAUSED(300, 13_000),
    BROKER_KILLED(100, 10_000),
    BROKER_PAUSED(300, 13_000),
    BROKERS_KILLED(100, 10_000),
    REGISTRY_KILLED(100, 10_000),
    REGISTRY_PAUSED(300, 10_000),
    LOADER_KILLED(0, 4_000),
    LOADER_PAUSED(300, 45_000);

    private final int lastsMsMin;
    private final int lastsMsMax;

    PromiseFault(int lastsMsMin, int lastsMsMax) {
        this.lastsMsMin = lastsMsMin;
        this.lastsMsMax = lastsMsMax;
    }

    int lastsMsMin() {
        return lastsMsMin;
    }

    /** Exclusive. */
    int lastsMsMax() {
        return lastsMsMax;
    }

    boolean isPause() {
        return this == AGENT_PAUSED
                || this == COORDINATOR_PAUSED
                || this == BROKER_PAUSED
                || this == REGISTRY_PAUSED
                || this == LOADER_PAUSED;
    }

    boolean hitsCoordinator() {
        return this == COORDINATOR_KILLED || this == COORDINATOR_PAUSED;
    }

    /** The same for any broker, if it is for the coordinator and none is known. */
    PromiseFault withoutCoordinator() {
        return switch (this) {
            case COORDINATOR_KILLED -> BROKER_KILLED;
            case COORDINATOR_PAUSED -> BROKER_PAUSED;
            default -> this;
        };
    }

    /** Whether the agent may be killed while it lasts. */
    boolean mayMeetKill() {
        return this != AGENT_KILLED && this != AGENT_PAUSED;
    }
}
