package io.tailrace.transactions;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.shard.Query;
import java.util.Collections;
import java.util.SortedSet;

/**
 * DescribeTransactions for one transactional id.
 *
 * @param transactionalId the transactional id
 */
public record DescribeTransaction(String transactionalId)
        implements Query<TransactionsShard, DescribeTransaction.Answer> {
    /**
     * The state.
     *
     * @param error the error
     * @param state its name; empty if there is an error
     * @param timeoutMs the longest time that a transaction may take
     * @param startMs when the transaction began; -1 if there is none
     * @param producer the producer
     * @param partitions the partitions of the transaction; while it ends, those without its marker
     */
    public record Answer(
            ErrorCode error,
            String state,
            int timeoutMs,
            long startMs,
            ProducerIdentity producer,
            SortedSet<TopicPartition> partitions) {}

    @Override
    public Answer answer(TransactionsShard state, long nowMs) {
        if (transactionalId.isEmpty()) {
            return refused(ErrorCode.INVALID_REQUEST);
        }
        Transaction transaction = state.transactions().committed(transactionalId);
        if (transaction == null) {
            return refused(ErrorCode.TRANSACTIONAL_ID_NOT_FOUND);
        }
        boolean isNewest = transaction.equals(state.transactions().get(transactionalId));
        return new Answer(
                ErrorCode.NONE,
                transaction.state().text(),
                transaction.timeoutMs(),
                transaction.startMs(),
                transaction.producer(),
                isNewest ? state.unmarked(transactionalId, transaction) : transaction.partitions());
    }

    @Override
    public Answer refused(ErrorCode error) {
        return new Answer(error, "", 0, -1, ProducerIdentity.NONE, Collections.emptySortedSet());
    }
}
