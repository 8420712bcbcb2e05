package io.tailrace.groups;

import io.tailrace.groups.PendingOffsets.Place;
import io.tailrace.groups.offsets.EndOffsetsTransaction;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.shard.Decision;
import io.tailrace.shard.StoredRecord;
import io.tailrace.shard.Ticket;
import io.tailrace.shard.TimerChange;
import java.util.List;
import net.bytebuddy.implementation.bind.annotation.Argument;
import net.bytebuddy.implementation.bind.annotation.This;

/**
 * The bodies of rules of offsets in transactions that are switched off. Each method replaces those of its name, in the class loader
 * of {@code io.tailrace.simulation.TransactionRuleSwitch}.
 */
public final class OffsetRulesOff {
    private OffsetRulesOff() {}

    /** An offset is visible at once. */
    public static void replayInTransaction(
            @This GroupsShard state, @Argument(0) long offset, @Argument(1) StoredRecord record) {
        state.replay(offset, record);
    }

    /** Every transaction counts as committed. */
    public static void endTransaction(
            @This GroupsShard state, @Argument(0) long offset, @Argument(1) EndTransactionMarker marker) {
        state.timeline().startRecord(offset);
        state.offsets().endTransaction(marker.producerId(), true);
    }

    /** An offset is undecided until its marker is written. */
    public static boolean isUnstable(
            @This PendingOffsets pending, @Argument(0) String group, @Argument(1) TopicPartition partition) {
        return pending.partitions(group).contains(partition);
    }

    /** A loaded shard has no pending offsets. */
    public static List<TimerChange<GroupsShard>> loaded(@This GroupsShard state) {
        PendingOffsets pending = state.offsets().pending();
        for (String group : List.copyOf(pending.groups())) {
            List.copyOf(pending.partitions(group)).forEach(partition -> pending.remove(new Place(group, partition)));
        }
        return List.of();
    }

    /** A marker changes the state, and is not in the log. */
    public static Decision<GroupsShard> decide(@This EndOffsetsTransaction end, @Argument(1) Ticket<ErrorCode> ticket) {
        EndTransactionMarker marker = end.marker();
        return new Decision.Builder<GroupsShard>()
                .change(state -> state.offsets().endTransaction(marker.producerId(), marker.isCommit()))
                .reply(ticket, ErrorCode.NONE)
                .build();
    }
}
