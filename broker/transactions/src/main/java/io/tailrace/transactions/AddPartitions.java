package io.tailrace.transactions;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;
import java.util.Set;

/**
 * Adds partitions to the transaction of a producer, or begins it: AddPartitionsToTxn of a client, AddOffsetsToTxn, or of a broker that
 * has received records of version 2. All are added, or none.
 *
 * @param transactionalId the transactional id
 * @param producer the producer
 * @param partitions the partitions
 * @param version 1 if the client asks, 2 if a broker asks for it
 */
public record AddPartitions(
        String transactionalId, ProducerIdentity producer, Set<TopicPartition> partitions, short version)
        implements Operation<TransactionsShard, ErrorCode> {
    /** Copies the partitions. */
    public AddPartitions {
        partitions = Set.copyOf(partitions);
    }

    @Override
    public Decision<TransactionsShard> decide(TransactionsShard state, Ticket<ErrorCode> ticket, long nowMs) {
        Transaction transaction = state.transactions().get(transactionalId);
        ErrorCode error = transaction == null ? ErrorCode.INVALID_PRODUCER_ID_MAPPING : transaction.check(producer);
        if (transaction == null
                || error != ErrorCode.NONE
                || transaction.partitions().containsAll(partitions)) {
            return Decision.reply(ticket, error);
        }
        Transaction changed = transaction.with(partitions, version, nowMs);
        Decision.Builder<TransactionsShard> decision = new Decision.Builder<TransactionsShard>()
                .append(StoredTransaction.record(transactionalId, changed))
                .reply(ticket, ErrorCode.NONE);
        if (transaction.state() != TransactionState.ONGOING) {
            decision.start(new TransactionTimeout(transactionalId), TransactionTimeout.atMs(changed, nowMs));
        }
        return decision.build();
    }

    @Override
    public ErrorCode refused(ErrorCode error) {
        return Refusal.shown(error);
    }
}
