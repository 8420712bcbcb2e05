package io.tailrace.groups.consumer;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.MemberAssignment;
import io.tailrace.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Static members (KIP-345): one that comes back under another member id takes over what it had. */
final class StaticMembers {
    private StaticMembers() {}

    /**
     * Why a member of the consumer protocol cannot join as an instance; null if it can. A member of the classic protocol can always
     * be replaced: it does not say that it leaves.
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

    /** The error for a member whose instance is another member now. */
    static HeartbeatError fenced(ConsumerMember current, String memberId) {
        return new HeartbeatError(
                ErrorCode.FENCED_INSTANCE_ID,
                "Member " + memberId + " is no longer instance " + current.instanceId() + ": member " + current.id()
                        + " is.");
    }

    /** Replaces a static member. Its partitions and its target go to the new one, which has not been told of them. */
    static ConsumerMember replace(ConsumerDecision decision, ConsumerMember replaced, String memberId) {
        GroupDraft draft = decision.draft();
        Assignment target = draft.target(replaced.id());
        draft.remove(replaced.id());
        draft.setTarget(memberId, target);
        return new ConsumerMember(
                memberId, replaced.metadata(), replaced.current().replaced());
    }
}
