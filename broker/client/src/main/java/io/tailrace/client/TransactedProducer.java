package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A {@link BatchingProducer} whose records are parts of transactions. */
final class TransactedProducer extends ForwardingProducer implements TransactionalProducer {
    private final Transactions transactions;

    TransactedProducer(BatchingProducer producer) {
        super(producer);
        this.transactions = producer.transactions();
    }

    @Override
    public CompletableFuture<Void> initTransactions() {
        return transactions.init();
    }

    @Override
    public void begin() {
        transactions.begin();
    }

    @Override
    public void acceptRefusal(RecordsRefusedException refusal) {
        transactions.acceptRefusal(refusal);
    }

    @Override
    public CompletableFuture<Void> sendOffsets(String group, Map<TopicPartition, Long> offsets, MemberIdentity member) {
        return transactions.sendOffsets(group, offsets, member);
    }

    @Override
    public CompletableFuture<Void> commit() {
        return transactions.commit();
    }

    @Override
    public CompletableFuture<Void> abort() {
        return transactions.abort();
    }
}
