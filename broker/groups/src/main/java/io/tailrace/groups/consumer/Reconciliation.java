package io.tailrace.groups.consumer;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.MemberAssignment;
import io.tailrace.groups.MemberState;
import io.tailrace.groups.OwnedPartitions;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides which part of the target assignment a member may have now. A member gets a partition only when no other member has it
 * or must give it up, so that two members never read it in one epoch. Source: KIP-848, "Member Assignment Reconciliation".
 */
final class Reconciliation {
    private final GroupDraft draft;
    private final ConsumerMember member;
    private final Assignment target;
    private final @Nullable Assignment owned;

    private Reconciliation(GroupDraft draft, ConsumerMember member, @Nullable Assignment owned) {
        this.draft = draft;
        this.member = member;
        this.target = draft.target(member.id());
        this.owned = owned;
    }

    /**
     * Takes a member as far towards the target as is possible now.
     *
     * @param owned the partitions that the member reports to still have; null if it reports none
     * @return the member's assignment afterwards
     */
    static MemberAssignment of(GroupDraft draft, ConsumerMember member, @Nullable Assignment owned) {
        return new Reconciliation(draft, member, owned).next();
    }

    private MemberAssignment next() {
        MemberAssignment current = member.current();
        return switch (current.state()) {
            case STABLE -> current.epoch() == draft.targetEpoch() ? current : follow();
            case UNREVOKED_PARTITIONS -> owned == null || ownsOneOf(current.pendingRevocation()) ? current : follow();
            case UNRELEASED_PARTITIONS, UNKNOWN -> follow();
        };
    }

    private boolean ownsOneOf(OwnedPartitions partitions) {
        return owned == null
                || owned.topics().entrySet().stream().anyMatch(topic -> topic.getValue().stream()
                        .anyMatch(partition -> partitions.contains(topic.getKey(), partition)));
    }

    private MemberAssignment follow() {
        MemberAssignment current = member.current();
        OwnedPartitions kept = current.assigned().filter(target::contains);
        OwnedPartitions revoked = current.assigned().filter((topic, partition) -> !target.contains(topic, partition));
        if (!revoked.isEmpty() && ownsOneOf(revoked)) {
            return new MemberAssignment(
                    current.epoch(), current.previousEpoch(), MemberState.UNREVOKED_PARTITIONS, kept, revoked);
        }
        Map<UUID, SortedSet<Integer>> free = new TreeMap<>();
        boolean waits = false;
        for (var topic : target.topics().entrySet()) {
            Set<Integer> keptOfTopic = kept.of(topic.getKey());
            for (int partition : topic.getValue()) {
                if (keptOfTopic.contains(partition)) {
                    continue;
                }
                if (draft.isHeldByOther(member.id(), topic.getKey(), partition)) {
                    waits = true;
                } else {
                    free.computeIfAbsent(topic.getKey(), absent -> new TreeSet<>())
                            .add(partition);
                }
            }
        }
        int epoch = draft.targetEpoch();
        return new MemberAssignment(
                epoch,
                epoch == current.epoch() ? current.previousEpoch() : current.epoch(),
                waits ? MemberState.UNRELEASED_PARTITIONS : MemberState.STABLE,
                kept.plus(Assignment.of(free), epoch),
                OwnedPartitions.NONE);
    }
}
