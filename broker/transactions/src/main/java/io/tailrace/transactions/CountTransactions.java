package io.tailrace.transactions;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.shard.Query;

/** Counts the transactions that have begun and are not complete, and the transactional ids. */
public record CountTransactions() implements Query<TransactionsShard, CountTransactions.Answer> {
    /**
     * The counts of a shard.
     *
     * @param open transactions that have begun and are not complete
     * @param ids transactional ids
     */
    public record Answer(int open, int ids) {}

    @Override
    public Answer answer(TransactionsShard state, long nowMs) {
        long open = state.transactions().newest().values().stream()
                .filter(transaction -> transaction.state().hasTransaction())
                .count();
        return new Answer((int) open, state.transactions().newest().size());
    }

    @Override
    public Answer refused(ErrorCode error) {
        return new Answer(0, 0);
    }
}
