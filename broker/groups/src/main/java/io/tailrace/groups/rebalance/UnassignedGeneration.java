package io.tailrace.groups.rebalance;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.GroupsShard;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Timeout;

/**
 * Starts a rebalance of a group whose loaded generation has no assignment, because its former coordinator failed before the
 * members had joined again.
 *
 * @param groupId the group
 */
record UnassignedGeneration(String groupId) implements Timeout<GroupsShard> {
    @Override
    public Decision<GroupsShard> expired(GroupsShard state, long nowMs) {
        if (!(state.groups().get(groupId) instanceof ClassicGroup group)
                || group.state() != ClassicGroupState.STABLE
                || !group.generation().isUnassigned()) {
            return Decision.nothing();
        }
        ClassicDecision decision = new ClassicDecision(state, group, nowMs);
        Rebalance.prepare(decision);
        return decision.build();
    }
}
