package io.tailrace.groups.offsets;

import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.Refusal;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.DeleteGroupsResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;
import io.tailrace.shard.Timeout;
import java.util.Iterator;

/**
 * Deletes a group without members, and its offsets, also those that are pending in transactions.
 *
 * <p>Offsets that do not fit into one decision are deleted in several. If a consumer joins in between, the rest is kept and the
 * answer is {@code NON_EMPTY_GROUP}.
 *
 * @param groupId the group
 */
public record DeleteGroup(String groupId) implements Operation<GroupsShard, DeleteGroupsResponse.Result> {
    @Override
    public Decision<GroupsShard> decide(GroupsShard state, Ticket<DeleteGroupsResponse.Result> ticket, long nowMs) {
        if (state.groups().get(groupId) == null && state.offsets().isEmpty(groupId)) {
            return Decision.reply(ticket, refused(ErrorCode.GROUP_ID_NOT_FOUND));
        }
        return deleteSome(state, ticket, nowMs);
    }

    private Decision<GroupsShard> deleteSome(
            GroupsShard state, Ticket<DeleteGroupsResponse.Result> ticket, long nowMs) {
        Group group = state.groups().get(groupId);
        if (group != null && !group.isEmpty()) {
            return Decision.reply(ticket, refused(ErrorCode.NON_EMPTY_GROUP));
        }
        Decision.Builder<GroupsShard> decision = new Decision.Builder<>();
        Tombstones tombstones = new Tombstones(decision);
        Iterator<TopicPartition> partitions =
                state.offsets().partitions(groupId).iterator();
        while (partitions.hasNext()) {
            if (!tombstones.hasRoom()) {
                return decision.start(new Rest(this, ticket), nowMs).build();
            }
            tombstones.append(groupId, partitions.next());
        }
        if (group != null && !tombstones.appendAll(group.tombstones())) {
            return decision.start(new Rest(this, ticket), nowMs).build();
        }
        // A group that was never stored has no tombstones.
        decision.change(shard -> shard.groups().remove(groupId));
        return decision.reply(ticket, new DeleteGroupsResponse.Result(groupId, ErrorCode.NONE))
                .build();
    }

    /** Deletes more. */
    private record Rest(DeleteGroup deletion, Ticket<DeleteGroupsResponse.Result> ticket)
            implements Timeout<GroupsShard> {
        @Override
        public Decision<GroupsShard> expired(GroupsShard state, long nowMs) {
            return deletion.deleteSome(state, ticket, nowMs);
        }
    }

    @Override
    public DeleteGroupsResponse.Result refused(ErrorCode error) {
        return new DeleteGroupsResponse.Result(groupId, Refusal.shown(error));
    }
}
