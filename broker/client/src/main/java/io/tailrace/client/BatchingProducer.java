package io.tailrace.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The producer that talks to brokers. */
final class BatchingProducer implements Producer {
    BatchingProducer(ProducerConfig config) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public CompletableFuture<RecordMetadata> send(ProducerRecord record) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public void flush(Duration timeout) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public void close() {
        throw new IllegalStateException("not yet");
    }
}
