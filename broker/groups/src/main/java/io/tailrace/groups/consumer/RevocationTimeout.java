package io.tailrace.groups.consumer;

import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.MemberState;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Timeout;
import java.util.List;

/**
 * Removes a member that has not given up partitions within its rebalance timeout, so that other members can get them.
 *
 * @param groupId the group
 * @param memberId the member
 */
record RevocationTimeout(String groupId, String memberId) implements Timeout<GroupsShard> {
    @Override
    public Decision<GroupsShard> expired(GroupsShard state, long nowMs) {
        if (!(state.groups().get(groupId) instanceof ConsumerGroup group)) {
            return Decision.nothing();
        }
        ConsumerMember member = group.member(memberId);
        if (member == null || member.current().state() != MemberState.UNREVOKED_PARTITIONS) {
            return Decision.nothing();
        }
        return Removal.decide(new ConsumerDecision(state, new GroupDraft(group), nowMs), List.of(memberId));
    }
}
