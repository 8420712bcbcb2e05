package io.tailrace.transactions;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;
import java.util.Set;
import java.util.SortedSet;

/**
 * Partitions have the marker of a transaction, or are gone with their topic. The last one completes the transaction. A report about
 * a transaction that has ended before changes nothing.
 *
 * @param transactionalId the transactional id
 * @param endOffset as in {@link OwedMarker}
 * @param partitions the partitions; may be empty for a transaction without any
 */
public record MarkersWritten(String transactionalId, long endOffset, Set<TopicPartition> partitions)
        implements Operation<TransactionsShard, ErrorCode> {
    /** Copies the partitions. */
    public MarkersWritten {
        partitions = Set.copyOf(partitions);
    }

    @Override
    public Decision<TransactionsShard> decide(TransactionsShard state, Ticket<ErrorCode> ticket, long nowMs) {
        Transaction transaction = state.transactions().get(transactionalId);
        if (transaction == null || state.owing().getOrDefault(transactionalId, -1L) != endOffset) {
            return Decision.reply(ticket, ErrorCode.NONE);
        }
        Decision.Builder<TransactionsShard> decision =
                new Decision.Builder<TransactionsShard>().reply(ticket, ErrorCode.NONE);
        SortedSet<TopicPartition> left = state.unmarked(transactionalId, transaction);
        left.removeAll(partitions);
        if (left.isEmpty()) {
            decision.append(StoredTransaction.record(transactionalId, transaction.completed(nowMs)));
        } else {
            decision.change(shard -> shard.mark(transactionalId, partitions));
        }
        return decision.build();
    }

    @Override
    public ErrorCode refused(ErrorCode error) {
        return error;
    }
}
