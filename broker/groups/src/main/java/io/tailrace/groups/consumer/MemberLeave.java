package io.tailrace.groups.consumer;

import static io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.LEAVE_STATIC_EPOCH;

import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Ticket;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member leaves. A static member that announces its return keeps its partitions until its session expires. If it returns before
 * that, it gets them under its new member id.
 */
final class MemberLeave {
    private MemberLeave() {}

    static Decision<GroupsShard> decide(
            GroupsShard state,
            @Nullable Group group,
            ConsumerGroupHeartbeatRequest request,
            Ticket<ConsumerGroupHeartbeatResponse> ticket,
            long nowMs) {
        if (!(group instanceof ConsumerGroup consumers)) {
            return refuse(ticket, ConsumerGroupHeartbeat.unknownMember(request));
        }
        ConsumerDecision decision = new ConsumerDecision(state, new GroupDraft(consumers), nowMs);
        String instanceId = request.instanceId();
        ConsumerMember member =
                instanceId == null ? consumers.member(request.memberId()) : consumers.staticMember(instanceId);
        if (member == null) {
            return refuse(ticket, ConsumerGroupHeartbeat.unknownMember(request));
        }
        if (!member.id().equals(request.memberId())) {
            return refuse(ticket, StaticMembers.fenced(member, request.memberId()));
        }
        decision.reply(
                ticket,
                new ConsumerGroupHeartbeatResponse(
                        0, ErrorCode.NONE, null, member.id(), request.memberEpoch(), 0, null));
        if (request.memberEpoch() == LEAVE_STATIC_EPOCH) {
            decision.draft().put(member.with(member.current().leftStatic()));
            return decision.build();
        }
        return Removal.decide(decision, List.of(member.id()));
    }

    private static Decision<GroupsShard> refuse(Ticket<ConsumerGroupHeartbeatResponse> ticket, HeartbeatError error) {
        return Decision.reply(ticket, error.answer());
    }
}
