package io.tailrace.groups.consumer;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.protocol.group.ConsumerGroupRegularExpressionValue;
import io.tailrace.shard.Timeline;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A group as a decision will leave it. The group itself does not change: {@link DraftRecords} lists the records that will change
 * it. Not thread-safe.
 */
final class GroupDraft {
    private final ConsumerGroup base;
    private final SortedMap<String, Optional<ConsumerMember>> members = new TreeMap<>();
    private final SortedMap<String, Assignment> targets = new TreeMap<>();
    private final SortedMap<String, Optional<ConsumerGroupRegularExpressionValue>> patterns = new TreeMap<>();
    private int epochBefore;
    private int epoch;
    private long topicsHash;
    private int targetEpoch;

    /** A draft without a change. */
    GroupDraft(ConsumerGroup base) {
        this.base = base;
        this.epochBefore = base.epoch();
        this.epoch = epochBefore;
        this.topicsHash = base.topicsHash();
        this.targetEpoch = base.targetEpoch();
    }

    /** A draft of a group that does not exist yet. */
    static GroupDraft ofNew(String groupId) {
        return new GroupDraft(new ConsumerGroup(groupId, new Timeline()));
    }

    /** The group before the decision; without members if it is new. */
    ConsumerGroup base() {
        return base;
    }

    String groupId() {
        return base.groupId();
    }

    int epoch() {
        return epoch;
    }

    long topicsHash() {
        return topicsHash;
    }

    int targetEpoch() {
        return targetEpoch;
    }

    /** Starts the group's next epoch, unless this decision has started it already. */
    void startEpoch() {
        epoch = epochBefore + 1;
    }

    /** The group comes from the classic protocol: its last generation is its current epoch. */
    void continueAfter(int generation) {
        epochBefore = generation;
        epoch = generation;
        targetEpoch = generation;
    }

    void setTopicsHash(long hash) {
        topicsHash = hash;
    }

    /** A member; null if none has this id. */
    @Nullable
    ConsumerMember member(String memberId) {
        Optional<ConsumerMember> changed = members.get(memberId);
        return changed == null ? base.member(memberId) : changed.orElse(null);
    }

    /** A static member; null if none has this instance id. */
    @Nullable
    ConsumerMember staticMember(String instanceId) {
        for (Optional<ConsumerMember> changed : members.values()) {
            if (changed.isPresent() && instanceId.equals(changed.get().instanceId())) {
                return changed.get();
            }
        }
        ConsumerMember before = base.staticMember(instanceId);
        return before == null || members.containsKey(before.id()) ? null : before;
    }

    /** All members by id: a copy. */
    SortedMap<String, ConsumerMember> members() {
        SortedMap<String, ConsumerMember> all = new TreeMap<>(base.members());
        members.forEach((id, changed) -> changed.ifPresentOrElse(member -> all.put(id, member), () -> all.remove(id)));
        return all;
    }

    int size() {
        int size = base.members().size();
        for (var changed : members.entrySet()) {
            boolean was = base.member(changed.getKey()) != null;
            boolean is = changed.getValue().isPresent();
            size += (is ? 1 : 0) - (was ? 1 : 0);
        }
        return size;
    }

    /** Whether every member has what the target assignment of the group's epoch gives it. */
    boolean isSettled() {
        return epoch == targetEpoch
                && members.values().stream()
                        .allMatch(changed ->
                                changed.isEmpty() || changed.get().current().isSettledIn(targetEpoch))
                && base.members().values().stream()
                        .allMatch(member -> members.containsKey(member.id())
                                || member.current().isSettledIn(targetEpoch));
    }

    void put(ConsumerMember member) {
        members.put(member.id(), Optional.of(member));
    }

    void remove(String memberId) {
        members.put(memberId, Optional.empty());
        targets.remove(memberId);
    }

    /** The changed members by id; empty for a removed one. A view. */
    SortedMap<String, Optional<ConsumerMember>> changedMembers() {
        return Collections.unmodifiableSortedMap(members);
    }

    /** The target assignment of a member. */
    Assignment target(String memberId) {
        Assignment changed = targets.get(memberId);
        return changed == null ? base.target(memberId) : changed;
    }

    /** Sets the target assignment of a member. */
    void setTarget(String memberId, Assignment target) {
        targets.put(memberId, target);
    }

    /** The target assignment is that of the group's epoch. */
    void targetIsCurrent() {
        targetEpoch = epoch;
    }

    /** The changed target assignments by member id. A view. */
    SortedMap<String, Assignment> changedTargets() {
        return Collections.unmodifiableSortedMap(targets);
    }

    /** The topics that match each pattern: a copy. */
    Map<String, ConsumerGroupRegularExpressionValue> patterns() {
        Map<String, ConsumerGroupRegularExpressionValue> all = new HashMap<>(base.patterns());
        patterns.forEach((pattern, changed) ->
                changed.ifPresentOrElse(matched -> all.put(pattern, matched), () -> all.remove(pattern)));
        return all;
    }

    void putPattern(String pattern, ConsumerGroupRegularExpressionValue matched) {
        patterns.put(pattern, Optional.of(matched));
    }

    void removePattern(String pattern) {
        patterns.put(pattern, Optional.empty());
    }

    /** The changed patterns; empty for a removed one. A view. */
    SortedMap<String, Optional<ConsumerGroupRegularExpressionValue>> changedPatterns() {
        return Collections.unmodifiableSortedMap(patterns);
    }

    /** Whether a member other than {@code memberId} has a partition, or must give it up. */
    boolean isHeldByOther(String memberId, UUID topic, int partition) {
        for (var changed : members.entrySet()) {
            Optional<ConsumerMember> member = changed.getValue();
            if (!changed.getKey().equals(memberId)
                    && member.isPresent()
                    && member.get().current().holds(topic, partition)) {
                return true;
            }
        }
        String holder = base.holder(topic, partition);
        return holder != null && !holder.equals(memberId) && !members.containsKey(holder);
    }
}
