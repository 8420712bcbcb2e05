package io.tailrace.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Passes every call on to another producer. A subclass changes what it does otherwise. */
public abstract class ForwardingProducer implements Producer {
    private final Producer producer;

    /** Passes calls on to this producer. */
    protected ForwardingProducer(Producer producer) {
        this.producer = producer;
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
    public RecordBlock newBlock(String topic, byte[] key, int expectedBytes) {
        return producer.newBlock(topic, key, expectedBytes);
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
