package io.tailrace.agent;

import io.tailrace.client.ClientException;
import io.tailrace.client.Producer;
import io.tailrace.client.ProducerRecord;
import io.tailrace.client.RecordMetadata;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A producer without brokers: what it is given is written when the test says so, and acknowledged or not. */
final class FakeProducer implements Producer {
    /** What a broker would hold. Outlives the producer, as brokers outlive an agent. */
    final List<ProducerRecord> written;

    /** Sent, and neither written nor refused yet. */
    final ArrayDeque<Sent> pending = new ArrayDeque<>();

    /** How often it was given a record. */
    int asked;

    boolean holding;
    Function<ProducerRecord, Optional<ErrorCode>> refusal = record -> Optional.empty();

    record Sent(ProducerRecord record, CompletableFuture<RecordMetadata> answer) {}

    FakeProducer(List<ProducerRecord> written) {
        this.written = written;
    }

    FakeProducer() {
        this(new ArrayList<>());
    }

    @Override
    public CompletableFuture<RecordMetadata> send(ProducerRecord record) {
        asked++;
        Sent sent = new Sent(record, new CompletableFuture<>());
        pending.add(sent);
        if (!holding) {
            answer(1);
        }
        return sent.answer;
    }

    /** Writes the oldest records and acknowledges them. */
    void answer(int count) {
        for (int index = 0; index < count && !pending.isEmpty(); index++) {
            Sent sent = pending.remove();
            Optional<ErrorCode> error = refusal.apply(sent.record);
            if (error.isPresent()) {
                sent.answer.completeExceptionally(new ClientException(error.get(), "refused by the test"));
            } else {
                written.add(sent.record);
                sent.answer.complete(new RecordMetadata(
                        new TopicPartition(sent.record.topic(), 0), OptionalLong.of(written.size() - 1L), 0));
            }
        }
    }

    void answerAll() {
        answer(Integer.MAX_VALUE);
    }

    /** Writes the oldest records, of which the agent never hears: it has crashed. */
    void writeUnheard(int count) {
        for (int index = 0; index < count && !pending.isEmpty(); index++) {
            written.add(pending.remove().record);
        }
    }

    @Override
    public void flush(Duration timeout) {
        throw new IllegalStateException("the agent does not flush");
    }

    @Override
    public void close() {}
}
