package io.tailrace.groups.classic;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicMember;
import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.Refusal;
import io.tailrace.groups.consumer.ClassicLeave;
import io.tailrace.groups.rebalance.ClassicDecision;
import io.tailrace.groups.rebalance.Rebalance;
import io.tailrace.groups.rebalance.SessionTimeout;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes members from a group and returns a result for each.
 *
 * @param request the request
 * @param isBatch whether it names a list of members, as from version 3
 */
public record LeaveGroup(LeaveGroupRequest request, boolean isBatch)
        implements Operation<GroupsShard, LeaveGroupResponse> {
    @Override
    public Decision<GroupsShard> decide(GroupsShard state, Ticket<LeaveGroupResponse> ticket, long nowMs) {
        if (request.groupId().isEmpty()) {
            return Decision.reply(ticket, refused(ErrorCode.INVALID_GROUP_ID));
        }
        Group found = state.groups().get(request.groupId());
        if (found instanceof ConsumerGroup consumers) {
            return new ClassicLeave(leaving(), this::answer).decide(state, consumers, ticket, nowMs);
        }
        if (!(found instanceof ClassicGroup group)) {
            return Decision.reply(
                    ticket,
                    answer(leaving().stream()
                            .map(member -> result(member, ErrorCode.UNKNOWN_MEMBER_ID))
                            .toList()));
        }
        ClassicDecision decision = new ClassicDecision(state, group, nowMs);
        List<LeaveGroupResponse.Member> results = new ArrayList<>();
        for (LeaveGroupRequest.Member leaving : leaving()) {
            results.add(result(leaving, leave(decision, leaving)));
        }
        int left = group.members().size() - decision.group().members().size();
        if (left > 0) {
            Rebalance.membersChanged(decision);
        } else {
            Rebalance.completeIfAllJoined(decision);
        }
        decision.reply(ticket, answer(results));
        return decision.build();
    }

    private List<LeaveGroupRequest.Member> leaving() {
        return isBatch ? request.members() : List.of(new LeaveGroupRequest.Member(request.memberId(), null));
    }

    private static LeaveGroupResponse.Member result(LeaveGroupRequest.Member leaving, ErrorCode error) {
        return new LeaveGroupResponse.Member(leaving.memberId(), leaving.groupInstanceId(), error);
    }

    /** An administrator names a static member only by its instance id. */
    private static ErrorCode leave(ClassicDecision decision, LeaveGroupRequest.Member leaving) {
        ClassicGroup group = decision.group();
        String instanceId = leaving.groupInstanceId();
        if (group.members().isPending(leaving.memberId())) {
            decision.stop(new SessionTimeout(group.groupId(), leaving.memberId()));
            decision.become(group.with(group.members().withoutPending(leaving.memberId())));
            return ErrorCode.NONE;
        }
        ErrorCode error = ErrorCode.NONE;
        ClassicMember member;
        if (leaving.memberId().isEmpty() && instanceId != null) {
            member = group.members().byInstance(instanceId);
        } else {
            error = group.memberError(leaving.memberId(), instanceId);
            member = group.members().get(leaving.memberId());
        }
        if (error != ErrorCode.NONE) {
            return error;
        }
        if (member == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        decision.remove(member);
        return ErrorCode.NONE;
    }

    /** In versions without lists, the member's error is the error of the request. */
    private LeaveGroupResponse answer(List<LeaveGroupResponse.Member> results) {
        return isBatch
                ? new LeaveGroupResponse(0, ErrorCode.NONE, results)
                : new LeaveGroupResponse(0, results.get(0).errorCode(), List.of());
    }

    @Override
    public LeaveGroupResponse refused(ErrorCode error) {
        return new LeaveGroupResponse(0, Refusal.shown(error), List.of());
    }
}
