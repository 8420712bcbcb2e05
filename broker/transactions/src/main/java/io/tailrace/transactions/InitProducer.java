package io.tailrace.transactions;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;
import java.util.OptionalLong;

/**
 * InitProducerId with a transactional id: gives the producer an epoch that fences all others (KIP-98).
 *
 * <p>A transaction that is still running is aborted first, with a raised epoch; the client asks again until it has ended. A producer
 * that names its id and epoch fences nobody but its former self, and is refused if it was fenced itself (KIP-360). If it asks
 * again because it missed the answer, it gets the same answer.
 *
 * @param transactionalId the transactional id
 * @param timeoutMs the longest time that a transaction may take
 * @param expected the producer's current id and epoch; none for a producer that has just started
 * @param freshId a producer id that was never used, if the host has been asked for one
 */
public record InitProducer(String transactionalId, int timeoutMs, ProducerIdentity expected, OptionalLong freshId)
        implements Operation<TransactionsShard, ProducerAnswer> {

    @Override
    public Decision<TransactionsShard> decide(TransactionsShard state, Ticket<ProducerAnswer> ticket, long nowMs) {
        if (transactionalId.isEmpty()) {
            return refuse(ticket, ErrorCode.INVALID_REQUEST);
        }
        if (timeoutMs < 1 || timeoutMs > state.settings().timeoutMsMax()) {
            return refuse(ticket, ErrorCode.INVALID_TRANSACTION_TIMEOUT);
        }
        Transaction transaction = state.transactions().get(transactionalId);
        if (transaction == null) {
            if (freshId.isEmpty()) {
                return Decision.reply(ticket, ProducerAnswer.askForId());
            }
            ProducerIdentity first = ProducerIdentity.first(freshId.getAsLong());
            return give(Transaction.started(first, timeoutMs, nowMs), ticket);
        }
        if (transaction.state().isPrepare()) {
            return refuse(ticket, ErrorCode.CONCURRENT_TRANSACTIONS);
        }
        boolean isCurrent = expected.equals(transaction.producer());
        boolean isRetry = !isNew() && expected.equals(transaction.producers().predecessor());
        boolean isOngoing = transaction.state() == TransactionState.ONGOING;
        if (!isNew() && !isCurrent && (!isRetry || isOngoing)) {
            return refuse(ticket, ErrorCode.PRODUCER_FENCED);
        }
        if (isRetry) {
            return Decision.reply(ticket, ProducerAnswer.given(transaction.producer()));
        }
        if (transaction.producer().isExhausted() && freshId.isEmpty()) {
            return Decision.reply(ticket, ProducerAnswer.askForId());
        }
        return isOngoing ? abort(transaction, ticket, nowMs) : restart(transaction, ticket, nowMs);
    }

    private boolean isNew() {
        return expected.equals(ProducerIdentity.NONE);
    }

    /** The epoch is raised here, and not again when the client asks again with its own one (KAFKA-19367). */
    private Decision<TransactionsShard> abort(Transaction transaction, Ticket<ProducerAnswer> ticket, long nowMs) {
        Transaction aborted = transaction.fenced(expected, freshId.orElse(Producers.NO_ID), nowMs);
        return new Decision.Builder<TransactionsShard>()
                .append(StoredTransaction.record(transactionalId, aborted))
                .stop(new TransactionTimeout(transactionalId))
                .reply(ticket, refused(ErrorCode.CONCURRENT_TRANSACTIONS))
                .build();
    }

    private Decision<TransactionsShard> restart(Transaction transaction, Ticket<ProducerAnswer> ticket, long nowMs) {
        ProducerIdentity current = transaction.producer();
        ProducerIdentity given =
                current.isExhausted() ? ProducerIdentity.first(freshId.orElseThrow()) : current.raised();
        Producers producers = transaction.producers();
        Producers changed = isNew() ? producers.fencedBy(given) : producers.succeededBy(given);
        return give(transaction.restarted(changed, timeoutMs, nowMs), ticket);
    }

    private Decision<TransactionsShard> give(Transaction started, Ticket<ProducerAnswer> ticket) {
        return new Decision.Builder<TransactionsShard>()
                .append(StoredTransaction.record(transactionalId, started))
                .reply(ticket, ProducerAnswer.given(started.producer()))
                .build();
    }

    private static Decision<TransactionsShard> refuse(Ticket<ProducerAnswer> ticket, ErrorCode error) {
        return Decision.reply(ticket, ProducerAnswer.refused(error));
    }

    @Override
    public ProducerAnswer refused(ErrorCode error) {
        return ProducerAnswer.refused(error);
    }
}
