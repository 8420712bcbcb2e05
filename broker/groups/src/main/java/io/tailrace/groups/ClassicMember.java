package io.tailrace.groups;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.message.JoinGroupRequest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member of a group of the classic protocol. Immutable.
 *
 * @param memberId its id
 * @param details what it sent when it joined
 * @param assignment its partitions, as the leader sent them; empty for none
 * @param state what it is doing
 */
public record ClassicMember(String memberId, JoinDetails details, Bytes assignment, ClassicMemberState state) {
    /** The id of a static member; null for a dynamic one. */
    public @Nullable String instanceId() {
        return details.instanceId();
    }

    /** Whether it is a static member, which may be away for a session timeout and still keep its place. */
    public boolean isStatic() {
        return details.instanceId() != null;
    }

    /** Whether it waits for the others to join. */
    public boolean isJoining() {
        return state instanceof ClassicMemberState.Joining;
    }

    /**
     * Whether silence ends its session. It does not while the coordinator owes it an answer, unless its client may not know its
     * id.
     */
    public boolean mayExpire() {
        return state instanceof ClassicMemberState.Joining joining
                ? joining.isNew()
                : !(state instanceof ClassicMemberState.Syncing);
    }

    /** Whether it supports a protocol. */
    public boolean supports(String protocol) {
        return details.protocols().stream().anyMatch(own -> own.name().equals(protocol));
    }

    /** Its metadata for a protocol; empty if it does not support it. */
    public Bytes metadata(@Nullable String protocol) {
        return details.protocols().stream()
                .filter(own -> own.name().equals(protocol))
                .map(JoinGroupRequest.Protocol::metadata)
                .findFirst()
                .orElse(Bytes.EMPTY);
    }

    /**
     * The candidate that it prefers.
     *
     * @throws IllegalStateException if it supports none of them
     */
    String preferred(Set<String> candidates) {
        return details.protocols().stream()
                .map(JoinGroupRequest.Protocol::name)
                .filter(candidates::contains)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("member " + memberId + " supports none of " + candidates));
    }

    /** This member in another state. */
    public ClassicMember with(ClassicMemberState next) {
        return new ClassicMember(memberId, details, assignment, next);
    }

    /** This member with another assignment. */
    public ClassicMember with(Bytes next) {
        return new ClassicMember(memberId, details, next, state);
    }
}
