package io.tailrace.groups.consumer;

import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.GroupsShard;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Ticket;
import java.util.Objects;

/**
 * Heartbeat of a member of the classic protocol in a group of the consumer protocol. The member is asked to join again when it
 * has to follow the group, and is removed if it does not join within its rebalance timeout.
 */
public final class ClassicHeartbeat {
    private ClassicHeartbeat() {}

    /** Decides about a group with members. */
    public static Decision<GroupsShard> decide(
            GroupsShard state,
            ConsumerGroup group,
            HeartbeatRequest request,
            Ticket<HeartbeatResponse> ticket,
            long nowMs) {
        ErrorCode error =
                ClassicMembership.error(group, request.memberId(), request.groupInstanceId(), request.generationId());
        if (error != ErrorCode.NONE) {
            return Decision.reply(ticket, new HeartbeatResponse(0, error));
        }
        ConsumerMember member = Objects.requireNonNull(group.member(request.memberId()));
        ConsumerDecision decision = new ConsumerDecision(state, new GroupDraft(group), nowMs);
        decision.expectHeartbeat(member);
        boolean mustRejoin = ClassicMembership.mustRejoin(group, member);
        if (mustRejoin && !group.unstored().isRejoining(member.id())) {
            decision.expectJoin(member);
            decision.change(unstored -> unstored.askedToRejoin(member.id()));
        }
        decision.reply(ticket, new HeartbeatResponse(0, mustRejoin ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE));
        return decision.build();
    }
}
