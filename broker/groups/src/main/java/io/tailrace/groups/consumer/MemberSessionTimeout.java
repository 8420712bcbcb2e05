package io.tailrace.groups.consumer;

import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.GroupsShard;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Timeout;
import java.util.List;

/**
 * Removes a member that was silent for its session timeout.
 *
 * @param groupId the group
 * @param memberId the member
 */
record MemberSessionTimeout(String groupId, String memberId) implements Timeout<GroupsShard> {
    @Override
    public Decision<GroupsShard> expired(GroupsShard state, long nowMs) {
        if (!(state.groups().get(groupId) instanceof ConsumerGroup group) || group.member(memberId) == null) {
            return Decision.nothing();
        }
        return Removal.decide(new ConsumerDecision(state, new GroupDraft(group), nowMs), List.of(memberId));
    }
}
