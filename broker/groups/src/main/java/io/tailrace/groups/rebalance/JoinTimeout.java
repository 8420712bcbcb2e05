package io.tailrace.groups.rebalance;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.InitialDelay;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Timeout;

/**
 * Ends the wait for members to join. The initial delay is extended instead if a member has joined meanwhile, until the rebalance
 * timeout has passed.
 *
 * @param groupId the group
 */
record JoinTimeout(String groupId) implements Timeout<GroupsShard> {
    @Override
    public Decision<GroupsShard> expired(GroupsShard state, long nowMs) {
        if (!(state.groups().get(groupId) instanceof ClassicGroup group)
                || group.state() != ClassicGroupState.PREPARING_REBALANCE) {
            return Decision.nothing();
        }
        ClassicDecision decision = new ClassicDecision(state, group, nowMs);
        InitialDelay delay = group.initialDelay();
        if (delay != null && delay.memberAdded() && delay.remainingMs() > 0) {
            int delayMs = Math.min(decision.settings().initialRebalanceDelayMs(), delay.remainingMs());
            decision.become(group.with(new InitialDelay(delay.remainingMs() - delayMs, false)));
            decision.start(this, delayMs);
        } else {
            Rebalance.completeJoin(decision);
        }
        return decision.build();
    }
}
