package io.tailrace.groups.consumer;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.assignor.Assignor;
import io.tailrace.groups.assignor.AssignorInput;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Brings a group's target assignment to the group's epoch. */
final class TargetAssignment {
    private TargetAssignment() {}

    /**
     * Computes the target assignment, unless it is already that of the group's epoch.
     *
     * @param assignors the names of those that members may choose, the default first
     */
    static void update(GroupDraft draft, SubscribedTopics topics, List<String> assignors) {
        List<AssignorInput.Member> members = topics.members().values().stream()
                .map(member -> input(draft, topics, member))
                .toList();
        Assignor assignor =
                Assignor.named(chosen(topics.members().values(), assignors)).orElseThrow();
        Map<String, Assignment> targets = assignor.assign(new AssignorInput(members, topics.all()));
        targets.forEach(draft::setTarget);
        draft.targetIsCurrent();
    }

    private static AssignorInput.Member input(GroupDraft draft, SubscribedTopics topics, ConsumerMember member) {
        return new AssignorInput.Member(
                member.id(),
                member.instanceId(),
                member.metadata().rackId(),
                topics.of(member).keySet(),
                draft.target(member.id()));
    }

    /**
     * The allowed assignor that most members chose; the default if no member chose one.
     *
     * @param assignors those that are allowed, the default first; of several with the same number of votes the first is taken
     */
    static String chosen(Collection<ConsumerMember> members, List<String> assignors) {
        Map<String, Integer> votes = new TreeMap<>();
        for (ConsumerMember member : members) {
            String choice = member.metadata().serverAssignor();
            if (choice != null) {
                votes.merge(choice, 1, Integer::sum);
            }
        }
        return assignors.stream()
                .max(Comparator.<String>comparingInt(name -> votes.getOrDefault(name, 0))
                        .thenComparing(
                                Comparator.comparingInt(assignors::indexOf).reversed()))
                .orElseThrow();
    }
}
