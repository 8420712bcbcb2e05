package io.tailrace.agent;

import io.tailrace.client.ClientException;
import io.tailrace.client.Producer;
import io.tailrace.client.ProducerRecord;
import io.tailrace.client.RecordBlock;
import io.tailrace.client.RecordMetadata;
import io.tailrace.client.RecordsRefusedException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.Decompressor;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordCursor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;

/** A producer without brokers. The test decides when records are written and whether they are acknowledged. */
class FakeProducer implements Producer {
    private static final int BLOCK_BYTES = 64 << 10;

    /** What the brokers hold. Shared by successive producers, since brokers outlive an agent. */
    final List<ProducerRecord> written;

    /** Records sent, and neither written nor refused yet. */
    final ArrayDeque<Sent> pending = new ArrayDeque<>();

    /** How many batches the agent offered. */
    int offered;

    /** Called before records are taken. An exception ends the agent. */
    Runnable beforeSend = () -> {};

    /** Whether new blocks have no room. */
    boolean fullBlocks;

    CompressionType compression = CompressionType.NONE;

    /** Whether records stay pending until the test answers. */
    boolean holding;

    /** Topics that brokers do not know. */
    final Map<String, ClientException> unknownTopics = new HashMap<>();

    /** Batches of more records are too large. */
    int refuseBlocksAbove = Integer.MAX_VALUE;

    /** Whether a refusal names a record. */
    boolean namesRefused;

    Function<ProducerRecord, Optional<ErrorCode>> refusal = record -> Optional.empty();

    private final Set<RecordBlock> blocks = Collections.newSetFromMap(new IdentityHashMap<>());

    /** A record, and the batch that it is sent with. */
    record Sent(ProducerRecord record, Batch batch) {}

    /** Records that are written and acknowledged together. */
    static final class Batch {
        private final List<ProducerRecord> records;
        final CompletableFuture<RecordMetadata> answer = new CompletableFuture<>();
        private int written;

        private Batch(List<ProducerRecord> records) {
            this.records = records;
        }
    }

    FakeProducer(List<ProducerRecord> written) {
        this.written = written;
    }

    FakeProducer() {
        this(new ArrayList<>());
    }

    @Override
    public CompletableFuture<RecordMetadata> send(ProducerRecord record) {
        return send(new Batch(List.of(record)));
    }

    @Override
    public Optional<ClientException> unavailability(String topic) {
        return Optional.ofNullable(unknownTopics.get(topic));
    }

    @Override
    public Optional<ClientException> obstacle(String topic) {
        return pending.stream().anyMatch(sent -> sent.record.topic().equals(topic))
                ? Optional.of(new ClientException(ErrorCode.NOT_LEADER_OR_FOLLOWER, topic + " has no leader"))
                : unavailability(topic);
    }

    @Override
    public RecordBlock newBlock(String topic, byte[] key, int expectedBytes) {
        RecordBlock block = new RecordBlock(topic, key, compression, BLOCK_BYTES);
        if (fullBlocks) {
            block.append(0, new byte[BLOCK_BYTES], 0, BLOCK_BYTES);
        }
        return block;
    }

    @Override
    public CompletableFuture<RecordMetadata> send(RecordBlock block) {
        if (!blocks.add(block)) {
            throw new IllegalStateException("a block is sent once");
        }
        List<ProducerRecord> records = new ArrayList<>();
        RecordCursor cursor = RecordCursor.of(RecordBatch.at(block.encode()), new Decompressor(BLOCK_BYTES));
        while (cursor.next()) {
            records.add(new ProducerRecord(
                    block.topic(),
                    OptionalInt.empty(),
                    OptionalLong.of(cursor.timestampMs()),
                    cursor.keyCopy(),
                    cursor.valueCopy(),
                    List.of()));
        }
        return send(new Batch(records));
    }

    CompletableFuture<RecordMetadata> send(Batch batch) {
        beforeSend.run();
        offered++;
        batch.records.forEach(record -> pending.add(new Sent(record, batch)));
        if (!holding) {
            answer(batch.records.size());
        }
        return batch.answer;
    }

    /** Writes the oldest pending records, and acknowledges batches that are whole; or refuses a batch because of one of them. */
    void answer(int count) {
        for (int index = 0; index < count && !pending.isEmpty(); index++) {
            Sent sent = pending.remove();
            Batch batch = sent.batch;
            Optional<ErrorCode> error = batch.records.stream()
                    .flatMap(record -> refusal.apply(record).stream())
                    .findFirst();
            if (error.isPresent()) {
                int left = batch.records.size() - batch.written;
                pending.removeIf(other -> other.batch == batch);
                index += Math.min(left - 1, count - index - 1);
                refuse(batch, new RecordsRefusedException(error.get(), "refused by the test", named(batch)));
            } else {
                write(sent.record);
                batch.written++;
                if (batch.written == batch.records.size()) {
                    batch.answer.complete(new RecordMetadata(
                            new TopicPartition(sent.record.topic(), 0), OptionalLong.of(written.size() - 1L), 0));
                }
            }
        }
    }

    void refuse(Batch batch, RecordsRefusedException failure) {
        batch.answer.completeExceptionally(failure);
    }

    /** Brokers take a record. */
    void write(ProducerRecord record) {
        written.add(record);
    }

    /** How many records, and what else, brokers have not answered. */
    int unanswered() {
        return pending.size();
    }

    /** The first refused record, as our brokers name it. */
    private List<Integer> named(Batch batch) {
        return IntStream.range(0, batch.records.size())
                .filter(index ->
                        namesRefused && refusal.apply(batch.records.get(index)).isPresent())
                .boxed()
                .limit(1)
                .toList();
    }

    /** Answers the oldest pending batches. */
    void answerBatches(int count) {
        for (int index = 0; index < count && !pending.isEmpty(); index++) {
            Batch batch = pending.getFirst().batch;
            answer(batch.records.size() - batch.written);
        }
    }

    void answerAll() {
        answer(Integer.MAX_VALUE);
    }

    /** Writes the oldest pending records without an answer, as for an agent that has crashed. */
    void writeWithoutAnswer(int count) {
        for (int index = 0; index < count && !pending.isEmpty(); index++) {
            Sent sent = pending.remove();
            if (sent.batch.records.stream()
                    .allMatch(record -> refusal.apply(record).isEmpty())) {
                write(sent.record);
            }
        }
    }

    @Override
    public void flush(Duration timeout) {
        throw new IllegalStateException("not used by the agent");
    }

    @Override
    public void close() {}

    @Override
    public void closeNow() {
        close();
    }
}
