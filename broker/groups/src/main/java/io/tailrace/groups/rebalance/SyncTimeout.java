package io.tailrace.groups.rebalance;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ClassicMember;
import io.tailrace.groups.ClassicMemberState;
import io.tailrace.groups.GroupsShard;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Timeout;
import java.util.List;

/**
 * Removes the members that have joined a generation but have not asked for their assignment.
 *
 * @param groupId the group
 * @param generationId the generation
 */
record SyncTimeout(String groupId, int generationId) implements Timeout<GroupsShard> {
    @Override
    public Decision<GroupsShard> expired(GroupsShard state, long nowMs) {
        if (!(state.groups().get(groupId) instanceof ClassicGroup group)
                || group.generation().id() != generationId
                || group.state() == ClassicGroupState.PREPARING_REBALANCE) {
            return Decision.nothing();
        }
        List<ClassicMember> late = group.members().all().stream()
                .filter(member -> member.state() instanceof ClassicMemberState.Joined)
                .toList();
        ClassicDecision decision = new ClassicDecision(state, group, nowMs);
        late.forEach(decision::remove);
        if (!late.isEmpty()) {
            Rebalance.membersChanged(decision);
        }
        return decision.build();
    }
}
