package io.tailrace.transactions;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;
import java.util.OptionalLong;

/**
 * EndTxn: commits or aborts a transaction.
 *
 * <p>In version 2, each end raises the epoch, or brings a new producer id when the epochs are used up. So a late request of an ended
 * transaction has an epoch that no longer counts, except that the same request again gets the same answer. In version 1, a late
 * EndTxn ends whatever transaction the same producer has by then; that is why version 2 exists.
 *
 * @param transactionalId the transactional id
 * @param producer the producer
 * @param commit whether to commit
 * @param version the transaction version: 2 for EndTxn 5 and later, else 1
 * @param freshId a producer id that was never used, if the host has been asked for one
 */
public record EndTransaction(
        String transactionalId, ProducerIdentity producer, boolean commit, short version, OptionalLong freshId)
        implements Operation<TransactionsShard, ProducerAnswer> {

    @Override
    public Decision<TransactionsShard> decide(TransactionsShard state, Ticket<ProducerAnswer> ticket, long nowMs) {
        Transaction transaction = state.transactions().get(transactionalId);
        if (transaction == null) {
            return refuse(ticket, ErrorCode.INVALID_PRODUCER_ID_MAPPING);
        }
        if (isRepeated(transaction)) {
            return repeat(transaction, ticket);
        }
        ErrorCode error = transaction.check(producer);
        if (error != ErrorCode.NONE) {
            return refuse(ticket, error);
        }
        boolean isOngoing = transaction.state() == TransactionState.ONGOING;
        if (version < Transaction.VERSION_2) {
            return isOngoing
                    ? store(transaction.ended(commit, nowMs), ticket)
                    : refuse(ticket, ErrorCode.INVALID_TXN_STATE);
        }
        if (producer.isExhausted() && freshId.isEmpty()) {
            return Decision.reply(ticket, ProducerAnswer.askForId());
        }
        long nextId = freshId.orElse(Producers.NO_ID);
        // No partitions may have been added: the client does not know in version 2 (KAFKA-18401).
        return store(
                isOngoing
                        ? transaction.endedAndRaised(commit, nextId, nowMs)
                        : transaction.endedEmpty(commit, nextId, nowMs),
                ticket);
    }

    /** Whether this request has ended the last transaction before. In version 1 that may also be another one with that epoch. */
    private boolean isRepeated(Transaction transaction) {
        TransactionState state = transaction.state();
        // Without an earlier producer, the predecessor is NONE, which a caller without a producer is as well.
        boolean isEnded = state.isPrepare() || state.isComplete();
        if (!isEnded || producer.equals(ProducerIdentity.NONE)) {
            return false;
        }
        Producers producers = transaction.producers();
        return version < Transaction.VERSION_2
                ? producer.equals(producers.current()) && transaction.version() < Transaction.VERSION_2
                : producer.equals(producers.predecessor());
    }

    private Decision<TransactionsShard> repeat(Transaction transaction, Ticket<ProducerAnswer> ticket) {
        if (transaction.state().isCommit() != commit) {
            return refuse(ticket, ErrorCode.INVALID_TXN_STATE);
        }
        return transaction.state().isPrepare()
                ? refuse(ticket, ErrorCode.CONCURRENT_TRANSACTIONS)
                : Decision.reply(ticket, ProducerAnswer.given(transaction.producer()));
    }

    private Decision<TransactionsShard> store(Transaction ended, Ticket<ProducerAnswer> ticket) {
        return new Decision.Builder<TransactionsShard>()
                .append(StoredTransaction.record(transactionalId, ended))
                .stop(new TransactionTimeout(transactionalId))
                .reply(ticket, ProducerAnswer.given(ended.producers().next()))
                .build();
    }

    private static Decision<TransactionsShard> refuse(Ticket<ProducerAnswer> ticket, ErrorCode error) {
        return Decision.reply(ticket, ProducerAnswer.refused(error));
    }

    @Override
    public ProducerAnswer refused(ErrorCode error) {
        return ProducerAnswer.refused(Refusal.shown(error));
    }
}
