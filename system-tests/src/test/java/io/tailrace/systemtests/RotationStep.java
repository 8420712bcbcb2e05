package io.tailrace.systemtests;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/**
 * A fault, and perhaps a {@code kill -9} of the agent meanwhile.
 *
 * @param number selects the broker or the partition
 * @param killAfterMs when the agent is killed, from the beginning of the fault on
 * @param agentAwayMs for how long it is away then
 * @param restMs pause after the fault
 */
record RotationStep(
        RotationFault fault, int number, long lastsMs, OptionalLong killAfterMs, long agentAwayMs, long restMs) {
    private static final int REST_MS_MAX = 3_000;
    private static final int AGENT_AWAY_MS_MAX = 6_000;

    /** Draws one step for each fault, in any order. */
    static List<RotationStep> drawAll(List<RotationFault> faults, boolean kills, Random random, RotationPlan plan) {
        List<RotationFault> shuffled = new ArrayList<>(faults);
        Collections.shuffle(shuffled, random);
        return shuffled.stream()
                .map(fault -> draw(fault, kills && fault.mayMeetKill() && random.nextInt(3) > 0, random, plan))
                .toList();
    }

    private static RotationStep draw(RotationFault fault, boolean kills, Random random, RotationPlan plan) {
        long lastsMs = fault.drawLastsMs(random, plan);
        long killAfterMs = random.nextLong(lastsMs + 1);
        return new RotationStep(
                fault,
                random.nextInt(1_000),
                lastsMs,
                kills ? OptionalLong.of(killAfterMs) : OptionalLong.empty(),
                random.nextInt(AGENT_AWAY_MS_MAX) / plan.haste(),
                random.nextInt(REST_MS_MAX) / plan.haste());
    }
}
