package io.tailrace.groups.classic;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ClassicMember;
import io.tailrace.groups.ClassicMemberState;
import io.tailrace.groups.ClassicMemberState.Joining;
import io.tailrace.groups.ClassicSettings;
import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.JoinDetails;
import io.tailrace.groups.MemberClient;
import io.tailrace.groups.Refusal;
import io.tailrace.groups.consumer.ClassicJoin;
import io.tailrace.groups.rebalance.ClassicDecision;
import io.tailrace.groups.rebalance.JoinAnswers;
import io.tailrace.groups.rebalance.Rebalance;
import io.tailrace.groups.rebalance.SessionTimeout;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Joins a group or its next generation. The answer waits until the rebalance has heard from all members.
 *
 * @param request the request
 * @param memberIdRequired whether a dynamic member must know its id before it joins (KIP-394), from version 4 on, so that a lost
 *     answer leaves no member behind
 * @param newId the unique part of a new member's id
 * @param client who sent the request
 */
public record JoinGroup(JoinGroupRequest request, boolean memberIdRequired, UUID newId, MemberClient client)
        implements Operation<GroupsShard, JoinGroupResponse> {
    /**
     * How long a new member may wait for its answer. Its client does not know its id and sends no heartbeats, so it may be gone.
     */
    private static final int NEW_MEMBER_TIMEOUT_MS = 300_000;

    /** A client that never joins with the ids it gets must not fill the memory. */
    private static final int PENDING_IDS_MAX = 2_000;

    @Override
    public Decision<GroupsShard> decide(GroupsShard state, Ticket<JoinGroupResponse> ticket, long nowMs) {
        Group found = state.groups().get(request.groupId());
        ErrorCode error = requestError(state.settings().classic());
        if (error != ErrorCode.NONE) {
            return Decision.reply(ticket, refused(error));
        }
        if (found instanceof ConsumerGroup consumers && !consumers.isEmpty()) {
            return new ClassicJoin(request, client, newMemberId(), memberIdRequired)
                    .decide(state, consumers, ticket, nowMs);
        }
        if (!(found instanceof ClassicGroup) && !isNewMember()) {
            return Decision.reply(ticket, refused(ErrorCode.UNKNOWN_MEMBER_ID));
        }
        if (found instanceof ConsumerGroup empty) {
            return succeed(empty, state, ticket, nowMs);
        }
        ClassicGroup group =
                found instanceof ClassicGroup classic ? classic : ClassicGroup.empty(request.groupId(), nowMs);
        ClassicDecision decision = new ClassicDecision(state, group, nowMs);
        decide(decision, ticket);
        return decision.build();
    }

    /**
     * An empty group of the consumer protocol becomes one of the classic protocol. This is stored, because offsets expire by its
     * time.
     */
    private Decision<GroupsShard> succeed(
            ConsumerGroup empty, GroupsShard state, Ticket<JoinGroupResponse> ticket, long nowMs) {
        Decision.Builder<GroupsShard> all = new Decision.Builder<>();
        empty.tombstones().forEach(all::append);
        ClassicDecision decision = new ClassicDecision(state, ClassicGroup.succeeding(empty), nowMs);
        decision.store();
        decide(decision, ticket);
        return all.add(decision.build()).build();
    }

    private ErrorCode requestError(ClassicSettings settings) {
        if (request.groupId().isEmpty()) {
            return ErrorCode.INVALID_GROUP_ID;
        }
        boolean isSessionAllowed = request.sessionTimeoutMs() >= settings.sessionTimeoutMsMin()
                && request.sessionTimeoutMs() <= settings.sessionTimeoutMsMax();
        if (!isSessionAllowed) {
            return ErrorCode.INVALID_SESSION_TIMEOUT;
        }
        return request.protocolType().isEmpty() || request.protocols().isEmpty()
                ? ErrorCode.INCONSISTENT_GROUP_PROTOCOL
                : ErrorCode.NONE;
    }

    private void decide(ClassicDecision decision, Ticket<JoinGroupResponse> ticket) {
        ClassicGroup group = decision.group();
        if (isFull(group, decision.settings().membersMax())) {
            refuseFull(decision, ticket);
        } else if (!sharesProtocol(group)) {
            decision.reply(ticket, refused(ErrorCode.INCONSISTENT_GROUP_PROTOCOL));
        } else if (isNewMember()) {
            joinNew(decision, ticket);
        } else if (request.groupInstanceId() == null && group.members().isPending(request.memberId())) {
            add(decision, request.memberId(), ticket);
        } else {
            joinKnown(decision, ticket);
        }
    }

    private String newMemberId() {
        String prefix = request.groupInstanceId() == null ? client.clientId() : request.groupInstanceId();
        return prefix + "-" + newId;
    }

    private boolean isNewMember() {
        return request.memberId().isEmpty();
    }

    /** A rebalance after {@code group.max.size} was lowered keeps the members that join first. */
    private boolean isFull(ClassicGroup group, int membersMax) {
        ClassicMember member = knownMember(group);
        return switch (group.state()) {
            case EMPTY, DEAD -> false;
            case PREPARING_REBALANCE ->
                (member == null || !member.isJoining()) && group.members().joining() >= membersMax;
            case COMPLETING_REBALANCE, STABLE ->
                member == null && group.members().size() >= membersMax;
        };
    }

    /** The member that is joining again; it may be a static member that has lost its id. */
    private @Nullable ClassicMember knownMember(ClassicGroup group) {
        String instanceId = request.groupInstanceId();
        return isNewMember() && instanceId != null
                ? group.members().byInstance(instanceId)
                : group.members().get(request.memberId());
    }

    private void refuseFull(ClassicDecision decision, Ticket<JoinGroupResponse> ticket) {
        ClassicGroup group = decision.group();
        ClassicMember member = group.members().get(request.memberId());
        decision.reply(ticket, JoinAnswers.error("", ErrorCode.GROUP_MAX_SIZE_REACHED));
        if (member != null) {
            decision.remove(member);
            Rebalance.membersChanged(decision);
        } else if (group.members().isPending(request.memberId())) {
            decision.stop(new SessionTimeout(group.groupId(), request.memberId()));
            decision.become(group.with(group.members().withoutPending(request.memberId())));
            Rebalance.completeIfAllJoined(decision);
        }
    }

    /** The member's own earlier protocols do not count. */
    private boolean sharesProtocol(ClassicGroup group) {
        if (group.members().isEmpty()) {
            return true;
        }
        ClassicMember known = knownMember(group);
        return request.protocolType().equals(group.protocolType())
                && group.members().shareOneOf(request.protocols(), known == null ? null : known.memberId());
    }

    private void joinNew(ClassicDecision decision, Ticket<JoinGroupResponse> ticket) {
        ClassicGroup group = decision.group();
        String instanceId = request.groupInstanceId();
        String memberId = newMemberId();
        ClassicMember former = instanceId == null ? null : group.members().byInstance(instanceId);
        if (former != null) {
            replace(decision, former, memberId, ticket);
        } else if (instanceId == null
                && memberIdRequired
                && group.members().pending().size() >= PENDING_IDS_MAX) {
            decision.reply(ticket, refused(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS));
        } else if (instanceId == null && memberIdRequired) {
            decision.become(group.with(group.members().withPending(memberId)));
            decision.start(new SessionTimeout(group.groupId(), memberId), request.sessionTimeoutMs());
            decision.reply(ticket, JoinAnswers.error(memberId, ErrorCode.MEMBER_ID_REQUIRED));
        } else {
            add(decision, memberId, ticket);
        }
    }

    private void add(ClassicDecision decision, String memberId, Ticket<JoinGroupResponse> ticket) {
        ClassicMember member = new ClassicMember(memberId, details(), Bytes.EMPTY, new Joining(ticket, true));
        decision.become(decision.group().joinedBy(member, request.protocolType()));
        decision.start(new SessionTimeout(request.groupId(), memberId), NEW_MEMBER_TIMEOUT_MS);
        Rebalance.memberJoined(decision);
    }

    private void joinKnown(ClassicDecision decision, Ticket<JoinGroupResponse> ticket) {
        ClassicGroup group = decision.group();
        String memberId = request.memberId();
        ErrorCode error = group.memberError(memberId, request.groupInstanceId());
        ClassicMember member = group.members().get(memberId);
        if (error != ErrorCode.NONE || member == null) {
            decision.reply(ticket, refused(error));
            return;
        }
        boolean isUnchanged = member.details().protocols().equals(request.protocols());
        if (isUnchanged && group.state() == ClassicGroupState.COMPLETING_REBALANCE) {
            // The answer to its earlier request was probably lost.
            decision.reply(ticket, JoinAnswers.joined(group, memberId));
        } else if (isUnchanged && group.state() == ClassicGroupState.STABLE && !group.isLeader(memberId)) {
            decision.expectHeartbeat(member);
            decision.reply(ticket, JoinAnswers.following(group, JoinAnswers.leader(group), memberId));
        } else {
            // A leader that joins again has seen its topics change.
            update(decision, member, ticket);
        }
    }

    private void update(ClassicDecision decision, ClassicMember member, Ticket<JoinGroupResponse> ticket) {
        decision.answerWaiting(member, ErrorCode.REBALANCE_IN_PROGRESS);
        boolean isNew = member.state() instanceof Joining joining && joining.isNew();
        ClassicMember updated =
                new ClassicMember(member.memberId(), details(), member.assignment(), new Joining(ticket, isNew));
        decision.become(decision.group().with(decision.group().members().with(updated)));
        Rebalance.membersChanged(decision);
    }

    /**
     * A static member has restarted: it replaces the former one, which is fenced. A stable group does not rebalance, but its
     * stored record changes.
     */
    private void replace(
            ClassicDecision decision, ClassicMember former, String memberId, Ticket<JoinGroupResponse> ticket) {
        ClassicGroup group = decision.group();
        decision.answerWaiting(former, ErrorCode.FENCED_INSTANCE_ID);
        decision.stop(new SessionTimeout(group.groupId(), former.memberId()));
        ClassicMember member = new ClassicMember(memberId, details(), former.assignment(), ClassicMemberState.SYNCED);
        ClassicGroup replaced = group.replacing(former, member);
        decision.expectHeartbeat(member);
        if (group.state() == ClassicGroupState.STABLE
                && replaced.members().selectProtocol().equals(group.generation().protocol())) {
            decision.become(replaced);
            decision.store();
            decision.reply(ticket, JoinAnswers.following(replaced, JoinAnswers.leader(group), memberId));
        } else {
            // The leader may already have computed an assignment for the former id.
            decision.become(replaced.with(replaced.members().with(member.with(new Joining(ticket, false)))));
            Rebalance.membersChanged(decision);
        }
    }

    private JoinDetails details() {
        return JoinDetails.of(request, client);
    }

    @Override
    public JoinGroupResponse refused(ErrorCode error) {
        return JoinAnswers.error(request.memberId(), Refusal.shown(error));
    }
}
