package io.tailrace.groups.offsets;

import io.tailrace.groups.GroupsShard;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;
import io.tailrace.shard.TransactionPart;

/**
 * Ends a transaction in a shard: its pending offsets become visible, or are dropped. The answer is that of a partition to a marker,
 * and is sent once the marker is committed.
 *
 * @param marker the marker
 * @param raisesEpoch whether it must have a later epoch than the records, as with transaction version 2
 */
public record EndOffsetsTransaction(EndTransactionMarker marker, boolean raisesEpoch)
        implements Operation<GroupsShard, ErrorCode> {
    @Override
    public Decision<GroupsShard> decide(GroupsShard state, Ticket<ErrorCode> ticket, long nowMs) {
        return new Decision.Builder<GroupsShard>()
                .transaction(new TransactionPart.End(marker, raisesEpoch))
                .reply(ticket, ErrorCode.NONE)
                .build();
    }

    /** The sender of markers knows the errors of partitions, not those of coordinators. It tries again. */
    @Override
    public ErrorCode refused(ErrorCode error) {
        return switch (error) {
            case NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE ->
                ErrorCode.NOT_LEADER_OR_FOLLOWER;
            default -> error;
        };
    }
}
