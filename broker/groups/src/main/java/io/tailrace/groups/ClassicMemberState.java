package io.tailrace.groups;

import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.SyncGroupResponse;
import io.tailrace.shard.Ticket;

/**
 * What a member of the classic protocol is doing in its group's generation.
 *
 * <pre>
 *   (new)    ─▶ Joining             JoinGroup
 *   Joining  ─▶ Joined              the generation starts
 *   Joined   ─▶ Syncing             SyncGroup before the leader's
 *            ─▶ Synced              SyncGroup after the leader's
 *   Syncing  ─▶ Synced              the leader's SyncGroup
 *            ─▶ Joined              another rebalance starts
 *   Synced   ─▶ Joined              a generation starts while a static member is away
 *   any      ─▶ Joining             JoinGroup
 * </pre>
 *
 * <p>A state with a ticket has a waiting request. Every member has a session timeout, except while its request waits.
 */
public sealed interface ClassicMemberState {
    /** Has a generation, and has not asked for its assignment yet. */
    ClassicMemberState JOINED = new Joined();

    /** Has asked for its assignment, or was loaded. */
    ClassicMemberState SYNCED = new Synced();

    /**
     * Waits for the others to join.
     *
     * @param ticket the request that waits
     * @param isNew whether the member has never been answered: its client does not know its id and may be gone
     */
    record Joining(Ticket<JoinGroupResponse> ticket, boolean isNew) implements ClassicMemberState {}

    /** See {@link #JOINED}. */
    record Joined() implements ClassicMemberState {}

    /**
     * Waits for the leader's assignment.
     *
     * @param ticket the request that waits
     */
    record Syncing(Ticket<SyncGroupResponse> ticket) implements ClassicMemberState {}

    /** See {@link #SYNCED}. */
    record Synced() implements ClassicMemberState {}
}
