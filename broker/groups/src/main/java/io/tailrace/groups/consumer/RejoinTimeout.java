package io.tailrace.groups.consumer;

import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.GroupsShard;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Timeout;
import java.util.List;

/**
 * Removes a member of the classic protocol that was asked to join again and did not do so within its rebalance timeout.
 *
 * @param groupId the group
 * @param memberId the member
 */
record RejoinTimeout(String groupId, String memberId) implements Timeout<GroupsShard> {
    @Override
    public Decision<GroupsShard> expired(GroupsShard state, long nowMs) {
        if (!(state.groups().get(groupId) instanceof ConsumerGroup group)
                || group.member(memberId) == null
                || !group.unstored().isRejoining(memberId)) {
            return Decision.nothing();
        }
        return Removal.decide(new ConsumerDecision(state, new GroupDraft(group), nowMs), List.of(memberId));
    }
}
