package io.tailrace.groups;

import io.tailrace.protocol.message.JoinGroupRequest;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The members of a group of the classic protocol, in the order in which they joined. Immutable.
 *
 * @param byId the members
 * @param pending ids that were given to clients that have not joined with them yet (KIP-394)
 */
public record ClassicMembers(Map<String, ClassicMember> byId, Set<String> pending) {
    /** No members. */
    public static final ClassicMembers NONE = new ClassicMembers(Map.of(), Set.of());

    /** Members; the collections are copied. */
    public ClassicMembers {
        byId = Collections.unmodifiableMap(new LinkedHashMap<>(byId));
        pending = Set.copyOf(pending);
    }

    /** All members. */
    public Collection<ClassicMember> all() {
        return byId.values();
    }

    /** The number of members. */
    public int size() {
        return byId.size();
    }

    /** Whether there is no member. */
    public boolean isEmpty() {
        return byId.isEmpty();
    }

    /** A member; null if none has this id. */
    public @Nullable ClassicMember get(@Nullable String memberId) {
        return byId.get(memberId);
    }

    /** A static member; null if none has this instance id. */
    public @Nullable ClassicMember byInstance(String instanceId) {
        return all().stream()
                .filter(member -> instanceId.equals(member.instanceId()))
                .findFirst()
                .orElse(null);
    }

    /** Whether the id was given to a client that has not joined with it yet. */
    public boolean isPending(String memberId) {
        return pending.contains(memberId);
    }

    /** Whether a rebalance has no member to wait for. */
    public boolean allJoining() {
        return pending.isEmpty() && all().stream().allMatch(ClassicMember::isJoining);
    }

    /** The number of members that wait for the others. */
    public long joining() {
        return all().stream().filter(ClassicMember::isJoining).count();
    }

    /** The longest rebalance timeout of a member; 0 if there is none. */
    public int rebalanceTimeoutMs() {
        return all().stream()
                .mapToInt(member -> member.details().rebalanceTimeoutMs())
                .max()
                .orElse(0);
    }

    /** Whether all members but one support one of the protocols in common. Pass null to count all of them. */
    public boolean shareOneOf(List<JoinGroupRequest.Protocol> protocols, @Nullable String butMemberId) {
        return protocols.stream().anyMatch(protocol -> all().stream()
                .allMatch(member -> member.memberId().equals(butMemberId) || member.supports(protocol.name())));
    }

    /**
     * The protocol for the next generation: of those that all members support, the one that most members prefer. In a tie, the
     * one that got a vote first wins.
     *
     * @throws IllegalStateException if there is no protocol that all members support
     */
    public String selectProtocol() {
        Set<String> candidates = new LinkedHashSet<>();
        ClassicMember first = all().iterator().next();
        for (JoinGroupRequest.Protocol protocol : first.details().protocols()) {
            if (shareOneOf(List.of(protocol), first.memberId())) {
                candidates.add(protocol.name());
            }
        }
        Map<String, Integer> votes = new HashMap<>();
        String selected = first.preferred(candidates);
        for (ClassicMember member : all()) {
            votes.merge(member.preferred(candidates), 1, Integer::sum);
        }
        for (ClassicMember member : all()) {
            String preferred = member.preferred(candidates);
            if (votes.getOrDefault(preferred, 0) > votes.getOrDefault(selected, 0)) {
                selected = preferred;
            }
        }
        return selected;
    }

    /** With one more member, or with another version of one. It is no longer pending. */
    public ClassicMembers with(ClassicMember member) {
        Map<String, ClassicMember> next = new LinkedHashMap<>(byId);
        next.put(member.memberId(), member);
        return new ClassicMembers(next, without(pending, member.memberId()));
    }

    /** Without a member. */
    public ClassicMembers without(String memberId) {
        Map<String, ClassicMember> next = new LinkedHashMap<>(byId);
        next.remove(memberId);
        return new ClassicMembers(next, pending);
    }

    /** With all members changed in the same way, which leaves their ids alone. */
    public ClassicMembers each(UnaryOperator<ClassicMember> change) {
        Map<String, ClassicMember> next = new LinkedHashMap<>(byId);
        next.replaceAll((id, member) -> change.apply(member));
        return new ClassicMembers(next, pending);
    }

    /** With an id with which its client has not joined yet. */
    public ClassicMembers withPending(String memberId) {
        Set<String> next = new LinkedHashSet<>(pending);
        next.add(memberId);
        return new ClassicMembers(byId, next);
    }

    /** Without an id with which its client has not joined. */
    public ClassicMembers withoutPending(String memberId) {
        return new ClassicMembers(byId, without(pending, memberId));
    }

    private static Set<String> without(Set<String> ids, String memberId) {
        if (!ids.contains(memberId)) {
            return ids;
        }
        Set<String> next = new LinkedHashSet<>(ids);
        next.remove(memberId);
        return next;
    }
}
