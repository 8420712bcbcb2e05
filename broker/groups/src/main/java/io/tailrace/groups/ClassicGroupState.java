package io.tailrace.groups;

/**
 * The state of a group of the classic protocol.
 *
 * <pre>
 *   EMPTY                 ─▶ PREPARING_REBALANCE    a member joins
 *   PREPARING_REBALANCE   ─▶ COMPLETING_REBALANCE   all members have joined, or no longer in time
 *                         ─▶ EMPTY                  no member is left
 *   COMPLETING_REBALANCE  ─▶ STABLE                 the leader has sent the assignment
 *                         ─▶ PREPARING_REBALANCE    a member joins, leaves or is removed
 *   STABLE                ─▶ PREPARING_REBALANCE    a member joins, leaves or is removed
 *   any                   ─▶ DEAD                   the group is deleted, or goes over to the consumer protocol
 * </pre>
 */
public enum ClassicGroupState {
    /** No members, perhaps offsets. */
    EMPTY("Empty"),
    /** Waits for the members to join the next generation. */
    PREPARING_REBALANCE("PreparingRebalance"),
    /** Waits for the leader's assignment. */
    COMPLETING_REBALANCE("CompletingRebalance"),
    /** The members have their assignment. */
    STABLE("Stable"),
    /** There is no such group. Never the state of a group in a shard. */
    DEAD("Dead");

    private final String text;

    ClassicGroupState(String text) {
        this.text = text;
    }

    /** As in answers to clients. */
    public String text() {
        return text;
    }

    /** Whether the transition is one of those above. */
    boolean canBecome(ClassicGroupState next) {
        return switch (this) {
            case EMPTY, STABLE -> next == PREPARING_REBALANCE || next == DEAD;
            case PREPARING_REBALANCE -> next == COMPLETING_REBALANCE || next == EMPTY || next == DEAD;
            case COMPLETING_REBALANCE -> next == STABLE || next == PREPARING_REBALANCE || next == DEAD;
            case DEAD -> false;
        };
    }
}
