package io.tailrace.groups.classic;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ClassicMember;
import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.consumer.ClassicHeartbeat;
import io.tailrace.groups.rebalance.ClassicDecision;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;

/**
 * Keeps a member in its group. Changes nothing but the timer of its session.
 *
 * @param request the request
 */
public record Heartbeat(HeartbeatRequest request) implements Operation<GroupsShard, HeartbeatResponse> {
    @Override
    public Decision<GroupsShard> decide(GroupsShard state, Ticket<HeartbeatResponse> ticket, long nowMs) {
        if (request.groupId().isEmpty()) {
            return Decision.reply(ticket, refused(ErrorCode.INVALID_GROUP_ID));
        }
        Group found = state.groups().get(request.groupId());
        if (found instanceof ConsumerGroup consumers) {
            return ClassicHeartbeat.decide(state, consumers, request, ticket, nowMs);
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
        decision.expectHeartbeat(member);
        boolean mustJoin = group.state() == ClassicGroupState.PREPARING_REBALANCE;
        decision.reply(ticket, refused(mustJoin ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE));
        return decision.build();
    }

    /** While the group is loading, its members only have to wait, and some clients leave after any error. */
    @Override
    public HeartbeatResponse refused(ErrorCode error) {
        return new HeartbeatResponse(0, error == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NONE : error);
    }
}
