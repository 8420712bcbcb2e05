package io.tailrace.cli;

import io.tailrace.client.ClientException;
import io.tailrace.client.Producer;
import io.tailrace.client.ProducerRecord;
import io.tailrace.client.RecordBlock;
import io.tailrace.client.RecordMetadata;
import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** A producer that acknowledges all records at once, or refuses them all. */
final class FakeProducer implements Producer {
    final List<ProducerRecord> records = new ArrayList<>();
    boolean refuses;
    boolean isClosed;

    @Override
    public CompletableFuture<RecordMetadata> send(ProducerRecord record) {
        records.add(record);
        return refuses
                ? CompletableFuture.failedFuture(new IllegalStateException("refused"))
                : CompletableFuture.completedFuture(new RecordMetadata(
                        new TopicPartition(record.topic(), 0), OptionalLong.of(records.size() - 1L), 0));
    }

    @Override
    public Optional<ClientException> unavailability(String topic) {
        return Optional.empty();
    }

    @Override
    public Optional<ClientException> obstacle(String topic) {
        return unavailability(topic);
    }

    @Override
    public RecordBlock newBlock(String topic, byte[] key) {
        throw new UnsupportedOperationException("not used by commands");
    }

    @Override
    public CompletableFuture<RecordMetadata> send(RecordBlock block) {
        throw new UnsupportedOperationException("not used by commands");
    }

    @Override
    public void flush(Duration timeout) {}

    @Override
    public void close() {
        isClosed = true;
    }

    @Override
    public void closeNow() {
        close();
    }
}
