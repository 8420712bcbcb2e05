package io.tailrace.transactions;

import io.tailrace.shard.Decision;
import io.tailrace.shard.Timeout;

/**
 * A transaction takes too long: it is aborted, and its producer fenced.
 *
 * <p>If the producer's epochs are used up, it gets the greatest one and no next id. The next InitProducerId brings a new id, and
 * nobody else is given that epoch (KAFKA-20090).
 *
 * @param transactionalId the transactional id. The timer is stopped with the transaction
 */
record TransactionTimeout(String transactionalId) implements Timeout<TransactionsShard> {

    /** When the timer of a transaction expires, even if its start is in the future because the wall clock was set. */
    static long atMs(Transaction transaction, long nowMs) {
        return Math.min(transaction.startMs(), nowMs) + transaction.timeoutMs();
    }

    @Override
    public Decision<TransactionsShard> expired(TransactionsShard state, long nowMs) {
        Transaction transaction = state.transactions().get(transactionalId);
        if (transaction == null || transaction.state() != TransactionState.ONGOING) {
            return Decision.nothing();
        }
        Transaction aborted = transaction.fenced(ProducerIdentity.NONE, Producers.NO_ID, nowMs);
        return new Decision.Builder<TransactionsShard>()
                .append(StoredTransaction.record(transactionalId, aborted))
                .build();
    }
}
