package io.tailrace.groups;

import io.tailrace.protocol.group.ConsumerGroupCurrentMemberAssignmentValue;
import java.util.UUID;

/**
 * The partitions and epoch of a member of the consumer protocol, as the coordinator knows them. Immutable.
 *
 * @param epoch the member's epoch; 0 before its first assignment, {@link #LEFT_STATIC} while a static member is away
 * @param previousEpoch the epoch before; also accepted, because the answer with the new one may be lost
 * @param state how far it has followed the target assignment
 * @param assigned what it may read
 * @param pendingRevocation what it had and must give up; the coordinator does not give it to another member yet
 */
public record MemberAssignment(
        int epoch, int previousEpoch, MemberState state, OwnedPartitions assigned, OwnedPartitions pendingRevocation) {
    /** The epoch of a static member that has left and may come back. */
    public static final int LEFT_STATIC = -2;

    /** A member without partitions. */
    public static final MemberAssignment NEW =
            new MemberAssignment(0, 0, MemberState.STABLE, OwnedPartitions.NONE, OwnedPartitions.NONE);

    /** What a record stores. */
    static MemberAssignment of(ConsumerGroupCurrentMemberAssignmentValue stored) {
        return new MemberAssignment(
                stored.memberEpoch(),
                stored.previousMemberEpoch(),
                MemberState.of(stored.state()),
                OwnedPartitions.of(stored.assignedPartitions(), stored.memberEpoch()),
                OwnedPartitions.of(stored.partitionsPendingRevocation(), stored.memberEpoch()));
    }

    /** What a record stores. */
    public ConsumerGroupCurrentMemberAssignmentValue stored() {
        return new ConsumerGroupCurrentMemberAssignmentValue(
                epoch, previousEpoch, state.number(), assigned.stored(), pendingRevocation.stored());
    }

    /** Whether this member keeps others from getting a partition. */
    public boolean holds(UUID topic, int partition) {
        return assigned.contains(topic, partition) || pendingRevocation.contains(topic, partition);
    }

    /** The static member has left, and its partitions are kept for the member that replaces it. */
    public MemberAssignment leftStatic() {
        return new MemberAssignment(LEFT_STATIC, LEFT_STATIC, MemberState.STABLE, assigned, OwnedPartitions.NONE);
    }

    /** The same partitions for a static member that replaces this one. It has not been sent them yet. */
    public MemberAssignment replaced() {
        return new MemberAssignment(0, 0, MemberState.STABLE, assigned, OwnedPartitions.NONE);
    }

    /** Whether the member has everything that the target of an epoch gives it. */
    public boolean isSettledIn(int targetEpoch) {
        return state == MemberState.STABLE && epoch == targetEpoch;
    }
}
