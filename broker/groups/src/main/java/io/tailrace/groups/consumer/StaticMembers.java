package io.tailrace.groups.consumer;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.MemberAssignment;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue;
import org.jspecify.annotations.Nullable;

/** Static members (KIP-345): a member that returns under another member id takes over its former partitions. */
final class StaticMembers {
    private StaticMembers() {}

    /**
     * Why a member of the consumer protocol cannot join as an instance; null if it can. A member of the classic protocol can
     * always be replaced, because it does not announce that it leaves.
     *
     * @param current the member that is this instance so far
     */
    static @Nullable HeartbeatError joinError(ConsumerMember current, String memberId) {
        boolean isReleased = current.isClassic()
                || current.id().equals(memberId)
                || current.current().epoch() == MemberAssignment.LEFT_STATIC;
        return isReleased
                ? null
                : new HeartbeatError(
                        ErrorCode.UNRELEASED_INSTANCE_ID,
                        "Instance " + current.instanceId() + " is in use by member " + current.id()
                                + ". That one must leave first, or its session expire.");
    }

    /** The error for a member whose instance id another member has now. */
    static HeartbeatError fenced(ConsumerMember current, String memberId) {
        return new HeartbeatError(
                ErrorCode.FENCED_INSTANCE_ID,
                "Member " + memberId + " is no longer instance " + current.instanceId() + ": member " + current.id()
                        + " is.");
    }

    /**
     * The state of a member at the start of a request that joins it or keeps it alive.
     *
     * @param member the member so far; a new one has only what a static member left to it
     * @param before the metadata of this member, or of the static member that it replaces; null if there was neither
     */
    record Found(ConsumerMember member, @Nullable ConsumerGroupMemberMetadataValue before) {
        /** Whether it, or the static member that it replaces, speaks the consumer protocol. */
        boolean wasOfConsumerProtocol() {
            return before != null && before.classicMemberMetadata() == null;
        }
    }

    /** The member with this id. If the group does not have it, it replaces the static member of its instance. */
    static Found find(ConsumerDecision decision, String memberId, @Nullable String instanceId) {
        ConsumerMember known = decision.draft().member(memberId);
        if (known != null) {
            return new Found(known, known.metadata());
        }
        ConsumerMember replaced = instanceId == null ? null : decision.draft().staticMember(instanceId);
        return replaced == null
                ? new Found(ConsumerMember.unknown(memberId), null)
                : new Found(replace(decision, replaced, memberId), replaced.metadata());
    }

    /** Replaces a static member. Its partitions and its target go to the new one, which has not received them. */
    private static ConsumerMember replace(ConsumerDecision decision, ConsumerMember replaced, String memberId) {
        GroupDraft draft = decision.draft();
        Assignment target = draft.target(replaced.id());
        draft.remove(replaced.id());
        draft.setTarget(memberId, target);
        return new ConsumerMember(
                memberId, replaced.metadata(), replaced.current().replaced());
    }
}
