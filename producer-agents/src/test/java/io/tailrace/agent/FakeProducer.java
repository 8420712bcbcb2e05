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

/** A producer without brokers. The test decides when records are written and whether they are acknowledged. */
final class FakeProducer implements Producer {
    /** What the brokers hold. Shared by successive producers, since brokers outlive an agent. */
    final List<ProducerRecord> written;

    /** Records sent, and neither written nor refused yet. */
    final ArrayDeque<Sent> pending = new ArrayDeque<>();

    /** How many records the agent offered. */
    int offered;

    /** Whether records stay pending until the test answers. */
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
        offered++;
        Sent sent = new Sent(record, new CompletableFuture<>());
        pending.add(sent);
        if (!holding) {
            answer(1);
        }
        return sent.answer;
    }

    /** Writes and acknowledges the oldest pending records, or refuses them. */
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

    /** Writes the oldest pending records without an answer, as for an agent that has crashed. */
    void writeWithoutAnswer(int count) {
        for (int index = 0; index < count && !pending.isEmpty(); index++) {
            written.add(pending.remove().record);
        }
    }

    @Override
    public void flush(Duration timeout) {
        throw new IllegalStateException("not used by the agent");
    }

    @Override
    public void close() {}
}
