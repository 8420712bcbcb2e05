package io.tailrace.groups.consumer;

import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.GroupsShard;
import io.tailrace.shard.Decision;
import java.util.Collection;

/** Removes members. The target assignment follows with the next heartbeat of another member. */
final class Removal {
    private Removal() {}

    /**
     * Removes members from the draft; ends the decision.
     *
     * @param memberIds members that the draft has
     */
    static Decision<GroupsShard> decide(ConsumerDecision decision, Collection<String> memberIds) {
        GroupDraft draft = decision.draft();
        for (String id : memberIds) {
            ConsumerMember member = draft.member(id);
            draft.remove(id);
            if (member != null) {
                TopicPatterns.removeUnused(draft, member.metadata().subscribedTopicRegex());
            }
        }
        return Downgrade.of(decision).orElseGet(() -> startEpoch(decision));
    }

    private static Decision<GroupsShard> startEpoch(ConsumerDecision decision) {
        GroupDraft draft = decision.draft();
        draft.startEpoch();
        if (draft.size() == 0) {
            // Stores the time at which the last member left, from which the expiry of the group's offsets counts.
            draft.targetIsCurrent();
        }
        return decision.build();
    }
}
