package io.tailrace.groups;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The committed content of a {@link ConsumerGroup}. Immutable.
 *
 * @param groupId the group's id
 * @param epoch the group's epoch
 * @param targetEpoch the epoch of the target assignment
 * @param members the members
 * @param targets the target assignment, by member id
 */
public record ConsumerGroupSnapshot(
        String groupId, int epoch, int targetEpoch, List<ConsumerMember> members, Map<String, Assignment> targets) {
    /** A snapshot; the collections are copied. */
    public ConsumerGroupSnapshot {
        members = List.copyOf(members);
        targets = Map.copyOf(targets);
    }

    /** The group's state. */
    public ConsumerGroupState state() {
        return state(epoch, targetEpoch, members);
    }

    static ConsumerGroupState state(int epoch, int targetEpoch, Collection<ConsumerMember> members) {
        if (members.isEmpty()) {
            return ConsumerGroupState.EMPTY;
        }
        if (epoch > targetEpoch) {
            return ConsumerGroupState.ASSIGNING;
        }
        return members.stream().allMatch(member -> member.current().isSettledIn(targetEpoch))
                ? ConsumerGroupState.STABLE
                : ConsumerGroupState.RECONCILING;
    }
}
