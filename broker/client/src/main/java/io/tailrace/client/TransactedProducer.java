package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A {@link BatchingProducer} whose records are parts of transactions. */
final class TransactedProducer implements TransactionalProducer {
    private final BatchingProducer producer;
    private final Transactions transactions;

    TransactedProducer(BatchingProducer producer) {
        this.producer = producer;
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

    @Override
    public CompletableFuture<RecordMetadata> send(ProducerRecord record) {
        return producer.send(record);
    }

    @Override
    public Optional<ClientException> unavailability(String topic) {
        return producer.unavailability(topic);
    }

    @Override
    public Optional<ClientException> obstacle(String topic) {
        return producer.obstacle(topic);
    }

    @Override
    public RecordBlock newBlock(String topic, byte[] key) {
        return producer.newBlock(topic, key);
    }

    @Override
    public CompletableFuture<RecordMetadata> send(RecordBlock block) {
        return producer.send(block);
    }

    @Override
    public void flush(Duration timeout) {
        producer.flush(timeout);
    }

    @Override
    public void close() {
        producer.close();
    }

    @Override
    public void closeNow() {
        producer.closeNow();
    }
}
