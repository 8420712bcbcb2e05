package io.tailrace.groups;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.ConsumerProtocol;
import io.tailrace.protocol.codec.MalformedMessageException;
import io.tailrace.shard.StoredRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A group of the classic protocol. Immutable. The stored record holds the last generation that got an assignment, or an empty
 * group. A rebalance that a failover interrupts starts again from there.
 *
 * @param groupId the group's id
 * @param state its state
 * @param stateSinceMs when it got this state, in ms since 1970; -1 if unknown
 * @param generation its generation
 * @param members its members
 * @param initialDelay the delay of an empty group's first rebalance; null in every other state and rebalance
 */
public record ClassicGroup(
        String groupId,
        ClassicGroupState state,
        long stateSinceMs,
        ClassicGeneration generation,
        ClassicMembers members,
        @Nullable InitialDelay initialDelay)
        implements Group {
    /** A group without members. */
    public static ClassicGroup empty(String groupId, long nowMs) {
        return new ClassicGroup(
                groupId, ClassicGroupState.EMPTY, nowMs, ClassicGeneration.NONE, ClassicMembers.NONE, null);
    }

    /**
     * The successor of an empty group of the consumer protocol when a member of the classic protocol joins. The time since which
     * it is empty stays.
     */
    public static ClassicGroup succeeding(ConsumerGroup empty) {
        ClassicGeneration generation = new ClassicGeneration(Math.max(1, empty.epoch()), CONSUMER, null, null);
        return new ClassicGroup(
                empty.groupId(), ClassicGroupState.EMPTY, empty.emptySinceMs(), generation, ClassicMembers.NONE, null);
    }

    /** Whether the group can be dropped: it has no members, expects none and was never stored. */
    public boolean isVacant() {
        return state == ClassicGroupState.EMPTY
                && generation.id() == 0
                && members.pending().isEmpty();
    }

    @Override
    public String protocolType() {
        return generation.protocolType();
    }

    @Override
    public String stateName() {
        return state.text();
    }

    @Override
    public boolean isEmpty() {
        return state == ClassicGroupState.EMPTY;
    }

    @Override
    public int memberCount() {
        return members.size();
    }

    @Override
    public long emptySinceMs() {
        return stateSinceMs;
    }

    /** Whether a member computes the assignment. */
    public boolean isLeader(String memberId) {
        return memberId.equals(generation.leader());
    }

    /** {@code NONE} if it has this member, else the error. */
    public ErrorCode memberError(String memberId, @Nullable String instanceId) {
        ClassicMember member = members.get(memberId);
        if (instanceId == null || (member != null && instanceId.equals(member.instanceId()))) {
            return member == null ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.NONE;
        }
        return members.byInstance(instanceId) == null ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.FENCED_INSTANCE_ID;
    }

    /** {@code NONE} if it has this member and is in this generation, else the error. */
    public ErrorCode memberError(String memberId, @Nullable String instanceId, int generationId) {
        ErrorCode error = memberError(memberId, instanceId);
        return error == ErrorCode.NONE && generationId != generation.id() ? ErrorCode.ILLEGAL_GENERATION : error;
    }

    /** A consumer that assigns its own partitions has no generation, and commits only while the group has no members. */
    @Override
    public ErrorCode commitError(OffsetCaller caller) {
        if (state == ClassicGroupState.EMPTY && caller.generationOrEpoch() < 0) {
            return ErrorCode.NONE;
        }
        if (!caller.isMember()) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        ErrorCode error = memberError(caller.memberId(), caller.instanceId(), caller.generationOrEpoch());
        return error == ErrorCode.NONE && state == ClassicGroupState.COMPLETING_REBALANCE
                ? ErrorCode.REBALANCE_IN_PROGRESS
                : error;
    }

    @Override
    public ErrorCode fetchError(OffsetCaller caller) {
        return ErrorCode.NONE;
    }

    @Override
    public Predicate<String> subscription() {
        if (!isOfConsumers()) {
            return topic -> !members.isEmpty();
        }
        Set<String> topics = new HashSet<>();
        for (ClassicMember member : members.all()) {
            try {
                topics.addAll(ConsumerProtocol.subscription(member.metadata(generation.protocol()))
                        .topics());
            } catch (MalformedMessageException e) {
                return topic -> true;
            }
        }
        return topics::contains;
    }

    @Override
    public List<StoredRecord> tombstones() {
        return generation.id() == 0 ? List.of() : List.of(ClassicGroupRecord.tombstone(groupId));
    }

    /** With other members. */
    public ClassicGroup with(ClassicMembers next) {
        return new ClassicGroup(groupId, state, stateSinceMs, generation, next, initialDelay);
    }

    /** With another initial delay. */
    public ClassicGroup with(InitialDelay next) {
        return new ClassicGroup(groupId, state, stateSinceMs, generation, members, next);
    }

    /** With one more member. The first one is its leader and sets its protocol type. */
    public ClassicGroup joinedBy(ClassicMember member, String protocolType) {
        ClassicGeneration joined = members.isEmpty()
                ? new ClassicGeneration(generation.id(), protocolType, generation.protocol(), member.memberId())
                : generation;
        return new ClassicGroup(groupId, state, stateSinceMs, joined, members.with(member), initialDelay);
    }

    /** Without a member. If that was the leader, the remaining member that joined first becomes the leader. */
    public ClassicGroup leftBy(String memberId) {
        ClassicMembers left = members.without(memberId);
        ClassicGeneration led = isLeader(memberId)
                ? generation.ledBy(left.byId().keySet().stream().findFirst().orElse(null))
                : generation;
        return new ClassicGroup(groupId, state, stateSinceMs, led, left, initialDelay);
    }

    /** With a static member under another id, which becomes the leader if the former one was. */
    public ClassicGroup replacing(ClassicMember former, ClassicMember member) {
        ClassicGeneration led = isLeader(former.memberId()) ? generation.ledBy(member.memberId()) : generation;
        return new ClassicGroup(
                groupId,
                state,
                stateSinceMs,
                led,
                members.without(former.memberId()).with(member),
                initialDelay);
    }

    /** Waiting for the members to join. */
    public ClassicGroup preparing(@Nullable InitialDelay delay, long nowMs) {
        return become(ClassicGroupState.PREPARING_REBALANCE, generation, delay, nowMs);
    }

    /** In the next generation without members. */
    public ClassicGroup emptied(long nowMs) {
        return become(ClassicGroupState.EMPTY, generation.next(null, null), null, nowMs);
    }

    /** In the next generation with the members that it has. One of those that have joined leads it. */
    public ClassicGroup completing(long nowMs) {
        ClassicMember leader = members.get(generation.leader());
        if (leader == null || !leader.isJoining()) {
            leader = members.all().stream()
                    .filter(ClassicMember::isJoining)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no member of group " + groupId + " has joined"));
        }
        ClassicGeneration next = generation.next(members.selectProtocol(), leader.memberId());
        return become(ClassicGroupState.COMPLETING_REBALANCE, next, null, nowMs);
    }

    /** With the leader's assignment. A member that it leaves out gets an empty one. */
    public ClassicGroup assigned(Map<String, Bytes> assignments, long nowMs) {
        ClassicMembers assigned =
                members.each(member -> member.with(assignments.getOrDefault(member.memberId(), Bytes.EMPTY)));
        return with(assigned).become(ClassicGroupState.STABLE, generation, null, nowMs);
    }

    private ClassicGroup become(
            ClassicGroupState next, ClassicGeneration nextGeneration, @Nullable InitialDelay delay, long nowMs) {
        if (!state.canBecome(next)) {
            throw new IllegalStateException("group " + groupId + " cannot become " + next + ", it is " + state);
        }
        return new ClassicGroup(groupId, next, nowMs, nextGeneration, members, delay);
    }
}
