package io.tailrace.systemtests;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One fault, or two overlapping ones on different brokers.
 *
 * @param faults their times count from the start of the round
 * @param restMs pause after the last fault
 * @param heals whether the next round waits until every replica is in sync again
 */
record FaultRound(List<Fault> faults, long restMs, boolean heals) {
    private static final int REST_MS_MAX = 3_000;
    private static final int BEYOND_THE_SESSION_MS = 9_000;
    private static final List<Victim> VICTIMS = List.of(Victim.values());

    /** The broker that a fault hits, looked up when the fault begins. */
    enum Victim {
        CONTROLLER,
        A_LEADER,
        /** The coordinator of a consumer group. */
        A_COORDINATOR,
        ANY
    }

    /**
     * A fault.
     *
     * @param number selects the broker, and which of the two others is the peer
     */
    record Fault(FaultKind kind, Victim victim, int number, long afterMs, long lastsMs) {
        private static Fault draw(Random random, List<FaultKind> kinds, long afterMs) {
            FaultKind kind = kinds.get(random.nextInt(kinds.size()));
            Victim victim = VICTIMS.get(random.nextInt(VICTIMS.size()));
            return new Fault(kind, victim, random.nextInt(1_000), afterMs, kind.drawLastsMs(random));
        }
    }

    FaultRound {
        faults = List.copyOf(faults);
    }

    /** The coordinator of a group is killed, and stays away until another broker coordinates its groups. */
    static FaultRound coordinatorKilled(int number) {
        return new FaultRound(
                List.of(new Fault(FaultKind.KILLED, Victim.A_COORDINATOR, number, 0, BEYOND_THE_SESSION_MS)), 0, true);
    }

    /** Draws the next round. */
    static FaultRound draw(Random random, List<FaultKind> kinds) {
        List<Fault> faults = new ArrayList<>();
        Fault first = Fault.draw(random, kinds, 0);
        faults.add(first);
        if (random.nextInt(3) == 0) {
            faults.add(Fault.draw(random, kinds, random.nextLong(first.lastsMs())));
        }
        return new FaultRound(faults, random.nextInt(REST_MS_MAX), random.nextBoolean());
    }
}
