package io.tailrace.groups.rebalance;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.GroupsShard;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Timeout;

/**
 * Ends the wait for members to join.
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
        Rebalance.completeJoin(decision);
        return decision.build();
    }
}
