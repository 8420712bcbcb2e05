package io.tailrace.groups.consumer;

import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.MemberState;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Ticket;
import java.util.Objects;

/**
 * SyncGroup of a member of the classic protocol in a group of the consumer protocol: returns the partitions that the member may
 * have now.
 */
public final class ClassicSync {
    private ClassicSync() {}

    /** Decides about a group with members. */
    public static Decision<GroupsShard> decide(
            GroupsShard state,
            ConsumerGroup group,
            SyncGroupRequest request,
            Ticket<SyncGroupResponse> ticket,
            long nowMs) {
        ErrorCode error =
                ClassicMembership.error(group, request.memberId(), request.groupInstanceId(), request.generationId());
        if (error != ErrorCode.NONE) {
            return refuse(ticket, error);
        }
        ConsumerMember member = Objects.requireNonNull(group.member(request.memberId()));
        // A member that must give up partitions learns from its assignment which ones.
        if (member.current().epoch() < group.epoch() && member.current().state() != MemberState.UNREVOKED_PARTITIONS) {
            return refuse(ticket, ErrorCode.REBALANCE_IN_PROGRESS);
        }
        ConsumerDecision decision = new ConsumerDecision(state, new GroupDraft(group), nowMs);
        decision.expectHeartbeat(member);
        ClassicMemberMetadata classic = Objects.requireNonNull(member.metadata().classicMemberMetadata());
        Bytes assignment =
                ClassicSubscription.assignment(member.current().assigned().partitions(), classic, decision.cluster());
        decision.reply(ticket, new SyncGroupResponse(0, ErrorCode.NONE, assignment));
        return decision.build();
    }

    private static Decision<GroupsShard> refuse(Ticket<SyncGroupResponse> ticket, ErrorCode error) {
        return Decision.reply(ticket, new SyncGroupResponse(0, error, Bytes.EMPTY));
    }
}
