package io.tailrace.transactions;

import io.tailrace.shard.StoredRecord;

/** The stored state of a transactional id that has used up almost all epochs of its producer. */
public final class UsedUpEpochs {
    private UsedUpEpochs() {}

    /**
     * The record.
     *
     * @param epochsLeft how many epochs can still be given to producers
     */
    public static StoredRecord record(String transactionalId, long producerId, int epochsLeft, long nowMs) {
        ProducerIdentity producer = new ProducerIdentity(producerId, (short) (Short.MAX_VALUE - 1 - epochsLeft));
        return StoredTransaction.record(transactionalId, Transaction.started(producer, 1, nowMs));
    }
}
