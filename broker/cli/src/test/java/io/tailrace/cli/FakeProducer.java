package io.tailrace.cli;

import io.tailrace.client.ClientException;
import io.tailrace.client.MemberIdentity;
import io.tailrace.client.ProducerRecord;
import io.tailrace.client.RecordBlock;
import io.tailrace.client.RecordMetadata;
import io.tailrace.client.RecordsRefusedException;
import io.tailrace.client.TransactionalProducer;
import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** A producer that acknowledges all records at once, or refuses them all. */
final class FakeProducer implements TransactionalProducer {
    final List<String> transactionCalls = new ArrayList<>();
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
    public RecordBlock newBlock(String topic, byte[] key, int expectedBytes) {
        throw new UnsupportedOperationException("not used by commands");
    }

    @Override
    public CompletableFuture<RecordMetadata> send(RecordBlock block) {
        throw new UnsupportedOperationException("not used by commands");
    }

    private CompletableFuture<Void> call(String name) {
        transactionCalls.add(name + " " + records.size());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> initTransactions() {
        return call("init");
    }

    @Override
    public void begin() {
        CompletableFuture<Void> unused = call("begin");
    }

    @Override
    public void acceptRefusal(RecordsRefusedException refusal) {
        throw new UnsupportedOperationException("not used by commands");
    }

    @Override
    public CompletableFuture<Void> sendOffsets(String group, Map<TopicPartition, Long> offsets, MemberIdentity member) {
        throw new UnsupportedOperationException("not used by commands");
    }

    @Override
    public CompletableFuture<Void> commit() {
        return call("commit");
    }

    @Override
    public CompletableFuture<Void> abort() {
        return call("abort");
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
