package io.tailrace.groups.consumer;

import static io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.JOIN_EPOCH;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.MemberClient;
import io.tailrace.groups.Refusal;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;
import java.util.Optional;

/**
 * ConsumerGroupHeartbeat: a member joins, reports that it is alive or has given up partitions, or leaves.
 *
 * @param request the request
 * @param version its version
 * @param client who sent it
 * @param newMemberId the id of a member that joins without one; unused if it has one
 */
public record ConsumerGroupHeartbeat(
        ConsumerGroupHeartbeatRequest request, short version, MemberClient client, String newMemberId)
        implements Operation<GroupsShard, ConsumerGroupHeartbeatResponse> {
    @Override
    public Decision<GroupsShard> decide(GroupsShard state, Ticket<ConsumerGroupHeartbeatResponse> ticket, long nowMs) {
        Optional<HeartbeatError> invalid = HeartbeatChecks.error(
                request, version, state.settings().consumer().assignors());
        if (invalid.isPresent()) {
            return Decision.reply(ticket, invalid.get().answer());
        }
        Group group = state.groups().get(request.groupId());
        if (request.memberEpoch() < JOIN_EPOCH) {
            return MemberLeave.decide(state, group, request, ticket, nowMs);
        }
        if (group instanceof ConsumerGroup consumers) {
            return new MemberHeartbeat(this, ticket)
                    .decide(new ConsumerDecision(state, new GroupDraft(consumers), nowMs));
        }
        if (request.memberEpoch() != JOIN_EPOCH) {
            return Decision.reply(ticket, unknownMember(request).answer());
        }
        ConsumerDecision decision = new ConsumerDecision(state, GroupDraft.ofNew(request.groupId()), nowMs);
        if (group instanceof ClassicGroup classic) {
            Optional<HeartbeatError> refused = Upgrade.start(decision, classic);
            if (refused.isPresent()) {
                return Decision.reply(ticket, refused.get().answer());
            }
        }
        return new MemberHeartbeat(this, ticket).decide(decision);
    }

    /**
     * The member must join again. Also the answer if the group does not exist, because a client that knows the group was in it.
     */
    static HeartbeatError unknownMember(ConsumerGroupHeartbeatRequest request) {
        return new HeartbeatError(
                ErrorCode.UNKNOWN_MEMBER_ID,
                "Member " + request.memberId() + " is not a member of group " + request.groupId()
                        + ". It must give up its partitions and join again.");
    }

    @Override
    public ConsumerGroupHeartbeatResponse refused(ErrorCode error) {
        return new ConsumerGroupHeartbeatResponse(0, Refusal.shown(error), null, null, 0, 0, null);
    }
}
