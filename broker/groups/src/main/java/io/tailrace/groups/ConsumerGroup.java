package io.tailrace.groups;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.group.ConsumerGroupCurrentMemberAssignmentKey;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataKey;
import io.tailrace.protocol.group.ConsumerGroupMetadataKey;
import io.tailrace.protocol.group.ConsumerGroupRegularExpressionKey;
import io.tailrace.protocol.group.ConsumerGroupRegularExpressionValue;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMemberKey;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMetadataKey;
import io.tailrace.protocol.group.GroupRecordKey;
import io.tailrace.shard.StoredRecord;
import io.tailrace.shard.Timeline;
import io.tailrace.shard.TimelineMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A group of the consumer protocol (KIP-848). Confined to its shard.
 *
 * <p>Stored state changes only by {@linkplain ConsumerGroupReplay replay} and has committed values. State that is not stored is
 * in {@link #unstored}.
 */
public final class ConsumerGroup implements Group {
    private final String groupId;
    private final TimelineMap<Counter, Long> numbers;
    private final TimelineMap<String, ConsumerMember> members;
    private final TimelineMap<String, Assignment> targets;
    private final TimelineMap<String, ConsumerGroupRegularExpressionValue> patterns;

    /** The static members by instance id, as of the newest records. */
    private final Map<String, String> staticMembers = new HashMap<>();

    /** The member that has each partition or must give it up, as of the newest records. */
    private final Map<UUID, Map<Integer, String>> holders = new HashMap<>();

    private final ConsumerGroupVolatile unstored = new ConsumerGroupVolatile();

    private enum Counter {
        EPOCH,
        TOPICS_HASH,
        TARGET_EPOCH,
        TARGET_AT_MS
    }

    /** A group without members. */
    public ConsumerGroup(String groupId, Timeline timeline) {
        this.groupId = groupId;
        this.numbers = new TimelineMap<>(timeline);
        this.members = new TimelineMap<>(timeline);
        this.targets = new TimelineMap<>(timeline);
        this.patterns = new TimelineMap<>(timeline);
    }

    @Override
    public String groupId() {
        return groupId;
    }

    @Override
    public String protocolType() {
        return CONSUMER;
    }

    /** The state as of the committed records. */
    @Override
    public String stateName() {
        return committed().state().text();
    }

    @Override
    public int memberCount() {
        return members.size();
    }

    @Override
    public boolean isEmpty() {
        return members.size() == 0;
    }

    /** The time at which the target assignment without members was computed. */
    @Override
    public long emptySinceMs() {
        long atMs = orZero(numbers.get(Counter.TARGET_AT_MS));
        return isEmpty() && targetEpoch() == epoch() && atMs > 0 ? atMs : -1;
    }

    /** The epoch: increases when members, their subscriptions or their topics change. */
    public int epoch() {
        return (int) orZero(numbers.get(Counter.EPOCH));
    }

    /** The hash of the subscribed topics in the group's epoch; 0 if unknown. */
    public long topicsHash() {
        return orZero(numbers.get(Counter.TOPICS_HASH));
    }

    /** The epoch of the target assignment: at most the group's. */
    public int targetEpoch() {
        return (int) orZero(numbers.get(Counter.TARGET_EPOCH));
    }

    private static long orZero(@Nullable Long number) {
        return number == null ? 0 : number;
    }

    /** The members by id: a view, not to be changed. */
    public Map<String, ConsumerMember> members() {
        return members.newest();
    }

    /** A member; null if none has this id. */
    public @Nullable ConsumerMember member(String memberId) {
        return members.get(memberId);
    }

    /** A static member; null if none has this instance id. */
    public @Nullable ConsumerMember staticMember(String instanceId) {
        String memberId = staticMembers.get(instanceId);
        return memberId == null ? null : members.get(memberId);
    }

    /** The target assignment of a member. */
    public Assignment target(String memberId) {
        Assignment target = targets.get(memberId);
        return target == null ? Assignment.EMPTY : target;
    }

    /** The target assignments by member id: a view, not to be changed. */
    public Map<String, Assignment> targets() {
        return targets.newest();
    }

    /** The topics that match each pattern: a view, not to be changed. */
    public Map<String, ConsumerGroupRegularExpressionValue> patterns() {
        return patterns.newest();
    }

    /** The member that has a partition, or must give it up; null if none. */
    public @Nullable String holder(UUID topic, int partition) {
        return holders.getOrDefault(topic, Map.of()).get(partition);
    }

    @Override
    public Predicate<String> subscription() {
        Set<String> topics = new HashSet<>();
        for (ConsumerMember member : members.newest().values()) {
            topics.addAll(member.metadata().subscribedTopicNames());
        }
        patterns.newest().values().forEach(matched -> topics.addAll(matched.topics()));
        return topics::contains;
    }

    @Override
    public ErrorCode commitError(OffsetCaller caller) {
        if (isEmpty() && caller.generationOrEpoch() < 0) {
            return ErrorCode.NONE;
        }
        ConsumerMember member = members.get(caller.memberId());
        if (member == null) {
            return memberError(caller);
        }
        return caller.generationOrEpoch() > member.current().epoch() ? staleError(member) : memberError(caller);
    }

    /**
     * A member may commit in its own epoch, or in an earlier one if it has had the partition since then. So a commit in flight
     * while the epoch changes is not lost (KIP-1251).
     */
    @Override
    public ErrorCode commitError(OffsetCaller caller, UUID topic, int partition) {
        ConsumerMember member = members.get(caller.memberId());
        if (member == null
                || caller.generationOrEpoch() == member.current().epoch()
                || member.current().assigned().hasSince(topic, partition, caller.generationOrEpoch())) {
            return ErrorCode.NONE;
        }
        return staleError(member);
    }

    @Override
    public ErrorCode fetchError(OffsetCaller caller) {
        return memberError(caller);
    }

    private static ErrorCode staleError(ConsumerMember member) {
        return member.isClassic() ? ErrorCode.ILLEGAL_GENERATION : ErrorCode.STALE_MEMBER_EPOCH;
    }

    private ErrorCode memberError(OffsetCaller caller) {
        ConsumerMember member = members.get(caller.memberId());
        String instanceId = caller.instanceId();
        if (instanceId == null || (member != null && instanceId.equals(member.instanceId()))) {
            return member == null ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.NONE;
        }
        return staticMembers.containsKey(instanceId) ? ErrorCode.FENCED_INSTANCE_ID : ErrorCode.UNKNOWN_MEMBER_ID;
    }

    /** The tombstones of everything in the group, members included. */
    @Override
    public List<StoredRecord> tombstones() {
        List<GroupRecordKey> keys = new ArrayList<>();
        for (String id : new TreeSet<>(members.newest().keySet())) {
            keys.add(new ConsumerGroupCurrentMemberAssignmentKey(groupId, id));
            keys.add(new ConsumerGroupTargetAssignmentMemberKey(groupId, id));
            keys.add(new ConsumerGroupMemberMetadataKey(groupId, id));
        }
        for (String pattern : new TreeSet<>(patterns.newest().keySet())) {
            keys.add(new ConsumerGroupRegularExpressionKey(groupId, pattern));
        }
        keys.add(new ConsumerGroupTargetAssignmentMetadataKey(groupId));
        keys.add(new ConsumerGroupMetadataKey(groupId));
        return keys.stream()
                .map(key -> new StoredRecord(GroupRecords.encodeKey(key), null))
                .toList();
    }

    /** The state as of the newest records. */
    public ConsumerGroupState state() {
        return ConsumerGroupSnapshot.state(
                epoch(), targetEpoch(), members.newest().values());
    }

    /** The committed content. */
    public ConsumerGroupSnapshot committed() {
        List<ConsumerMember> committedMembers = new ArrayList<>();
        Map<String, Assignment> committedTargets = new TreeMap<>();
        for (String id : members.committedKeys()) {
            committedMembers.add(Objects.requireNonNull(members.committed(id)));
        }
        for (String id : targets.committedKeys()) {
            committedTargets.put(id, Objects.requireNonNull(targets.committed(id)));
        }
        return new ConsumerGroupSnapshot(
                groupId,
                (int) orZero(numbers.committed(Counter.EPOCH)),
                (int) orZero(numbers.committed(Counter.TARGET_EPOCH)),
                committedMembers,
                committedTargets);
    }

    /** The state that is lost with this coordinator. */
    public ConsumerGroupVolatile unstored() {
        return unstored;
    }

    void setEpoch(int epoch, long topicsHash) {
        numbers.put(Counter.EPOCH, (long) epoch);
        numbers.put(Counter.TOPICS_HASH, topicsHash);
    }

    void setTargetEpoch(int epoch, long atMs) {
        numbers.put(Counter.TARGET_EPOCH, (long) epoch);
        numbers.put(Counter.TARGET_AT_MS, atMs);
    }

    void setTarget(String memberId, @Nullable Assignment target) {
        if (target == null) {
            targets.remove(memberId);
        } else {
            targets.put(memberId, target);
        }
    }

    void setPattern(String pattern, @Nullable ConsumerGroupRegularExpressionValue matched) {
        if (matched == null) {
            patterns.remove(pattern);
        } else {
            patterns.put(pattern, matched);
        }
    }

    void putMember(ConsumerMember member) {
        forget(member.id());
        members.put(member.id(), member);
        String instanceId = member.instanceId();
        if (instanceId != null) {
            staticMembers.put(instanceId, member.id());
        }
        hold(member.id(), member.current().assigned());
        hold(member.id(), member.current().pendingRevocation());
    }

    void removeMember(String memberId) {
        forget(memberId);
        members.remove(memberId);
        unstored.removed(memberId);
    }

    private void hold(String memberId, OwnedPartitions partitions) {
        partitions.topics().forEach((topic, epochs) -> epochs.keySet()
                .forEach(partition -> holders.computeIfAbsent(topic, absent -> new HashMap<>())
                        .put(partition, memberId)));
    }

    /** Removes a member from the views. Partitions that another member has already taken over stay with that member. */
    private void forget(String memberId) {
        ConsumerMember member = members.get(memberId);
        if (member == null) {
            return;
        }
        if (member.instanceId() != null) {
            staticMembers.remove(member.instanceId(), memberId);
        }
        release(memberId, member.current().assigned());
        release(memberId, member.current().pendingRevocation());
    }

    private void release(String memberId, OwnedPartitions partitions) {
        partitions.topics().forEach((topic, epochs) -> {
            Map<Integer, String> ofTopic = holders.getOrDefault(topic, Map.of());
            epochs.keySet().forEach(partition -> ofTopic.remove(partition, memberId));
            if (ofTopic.isEmpty()) {
                holders.remove(topic);
            }
        });
    }
}
