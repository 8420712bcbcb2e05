package io.tailrace.groups.classic;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicMember;
import io.tailrace.groups.ClassicMemberState;
import io.tailrace.groups.ClassicMemberState.Syncing;
import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.Refusal;
import io.tailrace.groups.consumer.ClassicSync;
import io.tailrace.groups.rebalance.ClassicDecision;
import io.tailrace.groups.rebalance.Rebalance;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;
import java.util.HashMap;
import java.util.Map;

/**
 * Asks for a member's assignment. The answer waits until the leader has sent the assignment in its own request.
 *
 * @param request the request
 */
public record SyncGroup(SyncGroupRequest request) implements Operation<GroupsShard, SyncGroupResponse> {
    @Override
    public Decision<GroupsShard> decide(GroupsShard state, Ticket<SyncGroupResponse> ticket, long nowMs) {
        if (request.groupId().isEmpty()) {
            return Decision.reply(ticket, refused(ErrorCode.INVALID_GROUP_ID));
        }
        Group found = state.groups().get(request.groupId());
        if (found instanceof ConsumerGroup consumers) {
            return ClassicSync.decide(state, consumers, request, ticket, nowMs);
        }
        if (!(found instanceof ClassicGroup group)) {
            return Decision.reply(ticket, refused(ErrorCode.UNKNOWN_MEMBER_ID));
        }
        ErrorCode error = group.memberError(request.memberId(), request.groupInstanceId(), request.generationId());
        ClassicMember member = group.members().get(request.memberId());
        if (error != ErrorCode.NONE || member == null) {
            return Decision.reply(ticket, refused(error));
        }
        ClassicDecision decision = new ClassicDecision(state, group, nowMs);
        switch (group.state()) {
            case EMPTY, DEAD -> decision.reply(ticket, refused(ErrorCode.UNKNOWN_MEMBER_ID));
            case PREPARING_REBALANCE -> decision.reply(ticket, refused(ErrorCode.REBALANCE_IN_PROGRESS));
            case COMPLETING_REBALANCE -> waitForLeader(decision, member, ticket);
            case STABLE -> {
                become(decision, member.with(ClassicMemberState.SYNCED));
                decision.expectHeartbeat(member);
                decision.reply(ticket, new SyncGroupResponse(0, ErrorCode.NONE, member.assignment()));
            }
        }
        return decision.build();
    }

    private void waitForLeader(ClassicDecision decision, ClassicMember member, Ticket<SyncGroupResponse> ticket) {
        decision.answerWaiting(member, ErrorCode.REBALANCE_IN_PROGRESS);
        become(decision, member.with(new Syncing(ticket)));
        if (decision.group().isLeader(member.memberId())) {
            Map<String, Bytes> assignments = new HashMap<>();
            request.assignments().forEach(one -> assignments.put(one.memberId(), one.assignment()));
            Rebalance.assign(decision, assignments);
        }
    }

    private static void become(ClassicDecision decision, ClassicMember member) {
        if (!member.equals(decision.group().members().get(member.memberId()))) {
            decision.become(decision.group().with(decision.group().members().with(member)));
        }
    }

    /** Java's consumer fails after an error that it does not expect; it joins again when a rebalance is in progress. */
    @Override
    public SyncGroupResponse refused(ErrorCode error) {
        ErrorCode known = error == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
                ? ErrorCode.REBALANCE_IN_PROGRESS
                : Refusal.shown(error);
        return new SyncGroupResponse(0, known, Bytes.EMPTY);
    }
}
