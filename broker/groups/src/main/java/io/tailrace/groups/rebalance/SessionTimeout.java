package io.tailrace.groups.rebalance;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicMember;
import io.tailrace.groups.GroupsShard;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Timeout;

/**
 * Removes a member that was silent for its session timeout, or a pending id with which no client has joined.
 *
 * @param groupId the group
 * @param memberId the member
 */
public record SessionTimeout(String groupId, String memberId) implements Timeout<GroupsShard> {
    @Override
    public Decision<GroupsShard> expired(GroupsShard state, long nowMs) {
        if (!(state.groups().get(groupId) instanceof ClassicGroup group)) {
            return Decision.nothing();
        }
        ClassicDecision decision = new ClassicDecision(state, group, nowMs);
        ClassicMember member = group.members().get(memberId);
        if (group.members().isPending(memberId)) {
            decision.become(group.with(group.members().withoutPending(memberId)));
            Rebalance.completeIfAllJoined(decision);
        } else if (member != null && member.mayExpire()) {
            decision.remove(member);
            Rebalance.membersChanged(decision);
        }
        return decision.build();
    }
}
