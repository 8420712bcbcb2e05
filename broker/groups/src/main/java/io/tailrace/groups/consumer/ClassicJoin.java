package io.tailrace.groups.consumer;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.ConsumerGroupVolatile;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.JoinDetails;
import io.tailrace.groups.MemberClient;
import io.tailrace.groups.rebalance.JoinAnswers;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.MalformedMessageException;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Ticket;
import java.util.List;
import java.util.Optional;

/**
 * JoinGroup of a member of the classic protocol in a group of the consumer protocol. It is answered at once: the member's
 * generation is its epoch, the group has no leader, and SyncGroup returns the part of the target assignment that the member may
 * have. If it replaces the last member of the consumer protocol, the group becomes one of the classic protocol, and the request
 * waits for the next generation.
 *
 * @param request the request; everything that does not depend on the group's state has been checked
 * @param client who sent it
 * @param newMemberId the id of a member that joins without one
 * @param mustKnowId whether a dynamic member without an id gets only an id, with {@code MEMBER_ID_REQUIRED}
 */
public record ClassicJoin(JoinGroupRequest request, MemberClient client, String newMemberId, boolean mustKnowId) {
    /** Decides about a group with members. */
    public Decision<GroupsShard> decide(
            GroupsShard state, ConsumerGroup group, Ticket<JoinGroupResponse> ticket, long nowMs) {
        ConsumerDecision decision = new ConsumerDecision(state, new GroupDraft(group), nowMs);
        ErrorCode error = memberError(decision);
        if (error == ErrorCode.MEMBER_ID_REQUIRED) {
            return Decision.reply(ticket, JoinAnswers.error(newMemberId, error));
        }
        if (error != ErrorCode.NONE) {
            return refuse(ticket, error);
        }
        Optional<String> protocol = commonProtocol(decision.draft());
        if (protocol.isEmpty()) {
            return refuse(ticket, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        }
        ClassicSubscription subscription;
        try {
            subscription = ClassicSubscription.of(request.protocols(), request.sessionTimeoutMs(), protocol.get());
        } catch (MalformedMessageException e) {
            return refuse(ticket, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        }
        if (isFormerMember(decision, subscription)) {
            return refuse(ticket, ErrorCode.UNKNOWN_MEMBER_ID);
        }
        StaticMembers.Found found = StaticMembers.find(decision, memberId(), request.groupInstanceId());
        ConsumerMember member = join(decision, found, subscription);
        if (found.wasOfConsumerProtocol()) {
            Optional<Decision<GroupsShard>> downgrade = Downgrade.withJoining(decision, member.id(), ticket);
            if (downgrade.isPresent()) {
                return downgrade.get();
            }
        }
        decision.expectHeartbeat(member);
        if (group.unstored().isRejoining(member.id())) {
            decision.change((ConsumerGroupVolatile unstored) -> unstored.rejoined(member.id()));
        }
        decision.reply(
                ticket,
                new JoinGroupResponse(
                        0, ErrorCode.NONE, member.current().epoch(), protocol.get(), "", member.id(), List.of()));
        return decision.build();
    }

    private Decision<GroupsShard> refuse(Ticket<JoinGroupResponse> ticket, ErrorCode error) {
        return Decision.reply(ticket, JoinAnswers.error(request.memberId(), error));
    }

    private ErrorCode memberError(ConsumerDecision decision) {
        GroupDraft draft = decision.draft();
        boolean isUnknown = request.memberId().isEmpty();
        ConsumerMember sameInstance =
                request.groupInstanceId() == null ? null : draft.staticMember(request.groupInstanceId());
        if (request.groupInstanceId() != null && !isUnknown) {
            if (sameInstance == null) {
                return ErrorCode.UNKNOWN_MEMBER_ID;
            }
            return sameInstance.id().equals(request.memberId()) ? ErrorCode.NONE : ErrorCode.FENCED_INSTANCE_ID;
        }
        boolean joins = sameInstance == null && draft.member(request.memberId()) == null;
        if (joins && draft.size() >= decision.settings().membersMax()) {
            return ErrorCode.GROUP_MAX_SIZE_REACHED;
        }
        return isUnknown && request.groupInstanceId() == null && mustKnowId
                ? ErrorCode.MEMBER_ID_REQUIRED
                : ErrorCode.NONE;
    }

    /** The first protocol of the request that all other members of the classic protocol support. */
    private Optional<String> commonProtocol(GroupDraft draft) {
        if (!request.protocolType().equals(Group.CONSUMER)) {
            return Optional.empty();
        }
        return request.protocols().stream()
                .map(JoinGroupRequest.Protocol::name)
                .filter(name -> draft.members().values().stream()
                        .allMatch(member -> !member.isClassic()
                                || isSelf(member)
                                || ClassicMembership.protocols(member).contains(name)))
                .findFirst();
    }

    /**
     * Whether the group has removed this member without its client knowing. The client must give up its partitions, because
     * others may have them and it could commit their offsets if it stayed a member. A client that joins with an id that it has
     * just got has no partitions.
     */
    private boolean isFormerMember(ConsumerDecision decision, ClassicSubscription subscription) {
        return !request.memberId().isEmpty()
                && decision.draft().member(request.memberId()) == null
                && !subscription.owned(decision.cluster()).isEmpty();
    }

    private boolean isSelf(ConsumerMember member) {
        return member.id().equals(request.memberId())
                || (request.groupInstanceId() != null
                        && request.groupInstanceId().equals(member.instanceId()));
    }

    private String memberId() {
        return request.memberId().isEmpty() ? newMemberId : request.memberId();
    }

    private ConsumerMember join(
            ConsumerDecision decision, StaticMembers.Found found, ClassicSubscription subscription) {
        Assignment owned = subscription.owned(decision.cluster());
        JoinDetails details = JoinDetails.of(request, client);
        ConsumerGroupMemberMetadataValue metadata =
                subscription.metadata(details.instanceId(), client, details.rebalanceTimeoutMs());
        return decision.advance(found.member().with(metadata), found.before(), owned);
    }
}
