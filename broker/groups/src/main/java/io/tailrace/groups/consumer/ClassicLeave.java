package io.tailrace.groups.consumer;

import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.GroupsShard;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Ticket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * LeaveGroup in a group of the consumer protocol: removes members of the classic protocol, and static members of either protocol.
 *
 * @param leaving the members to remove
 * @param answer builds the answer from the results
 */
public record ClassicLeave(
        List<LeaveGroupRequest.Member> leaving, Function<List<LeaveGroupResponse.Member>, LeaveGroupResponse> answer) {
    /** Decides about a group. */
    public Decision<GroupsShard> decide(
            GroupsShard state, ConsumerGroup group, Ticket<LeaveGroupResponse> ticket, long nowMs) {
        List<LeaveGroupResponse.Member> results = new ArrayList<>();
        Set<String> removed = new LinkedHashSet<>();
        for (LeaveGroupRequest.Member named : leaving) {
            ConsumerMember member = find(group, named);
            ErrorCode error = error(member, named, removed);
            if (member != null && error == ErrorCode.NONE) {
                removed.add(member.id());
            }
            String id = member != null && error == ErrorCode.NONE ? member.id() : named.memberId();
            results.add(new LeaveGroupResponse.Member(id, named.groupInstanceId(), error));
        }
        ConsumerDecision decision = new ConsumerDecision(state, new GroupDraft(group), nowMs);
        decision.reply(ticket, answer.apply(results));
        return removed.isEmpty() ? decision.build() : Removal.decide(decision, removed);
    }

    private static @Nullable ConsumerMember find(ConsumerGroup group, LeaveGroupRequest.Member named) {
        return named.groupInstanceId() == null
                ? group.member(named.memberId())
                : group.staticMember(named.groupInstanceId());
    }

    private static ErrorCode error(
            @Nullable ConsumerMember member, LeaveGroupRequest.Member named, Set<String> removed) {
        boolean isTool = named.memberId().isEmpty() && named.groupInstanceId() != null;
        if (member == null || removed.contains(member.id()) || (!member.isClassic() && !isTool)) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        return isTool || member.id().equals(named.memberId()) ? ErrorCode.NONE : ErrorCode.FENCED_INSTANCE_ID;
    }
}
