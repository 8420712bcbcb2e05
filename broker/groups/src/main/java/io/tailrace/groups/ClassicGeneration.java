package io.tailrace.groups;

import org.jspecify.annotations.Nullable;

/**
 * A generation of a group of the classic protocol. Immutable.
 *
 * @param id 0 before the first one
 * @param protocolType the members' protocol type, {@code consumer} for consumers; empty before the first member
 * @param protocol the assignor; null while there are no members
 * @param leader the member that computes the assignment; null while there are no members, and after a downgrade until a member
 *     has computed one
 */
public record ClassicGeneration(
        int id,
        String protocolType,
        @Nullable String protocol,
        @Nullable String leader) {
    /** Before the first member. */
    public static final ClassicGeneration NONE = new ClassicGeneration(0, "", null, null);

    /** Whether no member has computed its assignment. If the group has members, they must join the next generation. */
    public boolean isUnassigned() {
        return leader == null;
    }

    /** The same generation with another leader. */
    public ClassicGeneration ledBy(@Nullable String memberId) {
        return new ClassicGeneration(id, protocolType, protocol, memberId);
    }

    /** The next generation; it starts at 1 again after {@link Integer#MAX_VALUE}. */
    ClassicGeneration next(@Nullable String nextProtocol, @Nullable String nextLeader) {
        return new ClassicGeneration(id == Integer.MAX_VALUE ? 1 : id + 1, protocolType, nextProtocol, nextLeader);
    }
}
