package io.tailrace.groups.consumer;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicGroupRecord;
import io.tailrace.groups.ClassicMember;
import io.tailrace.groups.ClassicMemberState.Joining;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.MemberAssignment;
import io.tailrace.groups.MemberState;
import io.tailrace.groups.OwnedPartitions;
import io.tailrace.groups.rebalance.ClassicDecision;
import io.tailrace.groups.rebalance.SessionTimeout;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.MalformedMessageException;
import io.tailrace.shard.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Turns a group of the classic protocol into one of the consumer protocol when a member of that protocol joins. The existing
 * members keep their partitions and go on using the classic protocol. The group's generation becomes its epoch.
 */
final class Upgrade {
    private Upgrade() {}

    /**
     * Makes the draft of the decision the successor of a group.
     *
     * @return the reason why the group cannot change its protocol; empty if it changes
     */
    static Optional<HeartbeatError> start(ConsumerDecision decision, ClassicGroup group) {
        List<ConsumerMember> members = new ArrayList<>();
        if (!group.members().isEmpty()) {
            if (!decision.settings().migration().upgrade()) {
                return refused(group, "group.consumer.migration.policy does not allow it to become one");
            }
            if (!group.protocolType().equals(Group.CONSUMER)) {
                return refused(group, "its protocol type is \"" + group.protocolType() + "\"");
            }
            if (group.members().size() >= decision.settings().membersMax()) {
                return refused(group, "it has more members than group.consumer.max.size allows");
            }
            try {
                for (ClassicMember member : group.members().all()) {
                    if (!isNew(member)) {
                        members.add(converted(decision, group, member, members));
                    }
                }
                members.replaceAll(member -> withUnrevoked(decision, group, member, members));
            } catch (MalformedMessageException e) {
                return refused(group, "what its members subscribe to cannot be read: " + e.getMessage());
            }
        }
        decision.startWith(end(decision, group));
        GroupDraft draft = decision.draft();
        draft.continueAfter(group.generation().id());
        for (ConsumerMember member : members) {
            draft.put(member);
            draft.setTarget(member.id(), member.current().assigned().partitions());
            decision.expectHeartbeat(member);
        }
        return Optional.empty();
    }

    private static Optional<HeartbeatError> refused(ClassicGroup group, String reason) {
        return Optional.of(new HeartbeatError(
                ErrorCode.GROUP_ID_NOT_FOUND,
                "Group " + group.groupId() + " is not a group of the consumer protocol: " + reason));
    }

    /** Whether its client may not know its id yet, and would then join again with another one. */
    private static boolean isNew(ClassicMember member) {
        return member.state() instanceof Joining joining && joining.isNew();
    }

    private static ConsumerMember converted(
            ConsumerDecision decision, ClassicGroup group, ClassicMember member, List<ConsumerMember> others) {
        ClassicSubscription subscription = subscription(group, member);
        Assignment assigned = ClassicSubscription.partitions(member.assignment(), decision.cluster());
        int epoch = group.generation().id();
        // A client's assignor may have assigned a partition twice. Only one member keeps it.
        OwnedPartitions owned = OwnedPartitions.of(assigned, epoch).filter((topic, partition) -> others.stream()
                .noneMatch(other -> other.current().holds(topic, partition)));
        return new ConsumerMember(
                member.memberId(),
                subscription.metadata(
                        member.instanceId(),
                        member.details().client(),
                        member.details().rebalanceTimeoutMs()),
                new MemberAssignment(epoch, epoch, MemberState.STABLE, owned, OwnedPartitions.NONE));
    }

    /**
     * A cooperative member gives up what it had when it learns its assignment, and reports that when it joins again. Until then,
     * no other member may have those partitions.
     */
    private static ConsumerMember withUnrevoked(
            ConsumerDecision decision, ClassicGroup group, ConsumerMember member, List<ConsumerMember> all) {
        int epoch = group.generation().id();
        Assignment reported = subscription(
                        group, Objects.requireNonNull(group.members().get(member.id())))
                .owned(decision.cluster());
        OwnedPartitions unrevoked = OwnedPartitions.of(reported, epoch).filter((topic, partition) -> all.stream()
                .noneMatch(any -> any.current().holds(topic, partition)));
        return unrevoked.isEmpty()
                ? member
                : member.with(new MemberAssignment(
                        epoch,
                        epoch,
                        MemberState.UNREVOKED_PARTITIONS,
                        member.current().assigned(),
                        unrevoked));
    }

    private static ClassicSubscription subscription(ClassicGroup group, ClassicMember member) {
        return ClassicSubscription.of(
                member.details().protocols(),
                member.details().sessionTimeoutMs(),
                group.generation().protocol());
    }

    /** Answers waiting requests. Their members join again, as new members if they do not know their id. */
    private static Decision<GroupsShard> end(ConsumerDecision decision, ClassicGroup group) {
        Decision.Builder<GroupsShard> end = new Decision.Builder<>();
        end.append(ClassicGroupRecord.tombstone(group.groupId()));
        if (group.members().isEmpty()) {
            return end.build();
        }
        ClassicDecision classic = new ClassicDecision(decision.state(), group, decision.nowMs());
        for (ClassicMember member : group.members().all()) {
            classic.answerWaiting(
                    member, isNew(member) ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.REBALANCE_IN_PROGRESS);
            classic.stop(new SessionTimeout(group.groupId(), member.memberId()));
        }
        return end.add(classic.build()).build();
    }
}
