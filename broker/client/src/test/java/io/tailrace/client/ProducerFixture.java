package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ScriptedNetwork.Asked;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.record.RecordBatch;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;

/** A producer without a thread over a scripted network: the test steps it and answers its requests. */
abstract class ProducerFixture {
    static final TopicPartition P0 = new TopicPartition("t", 0);
    static final TopicPartition P1 = new TopicPartition("t", 1);

    final ManualTime time = new ManualTime();
    final ScriptedNetwork network = new ScriptedNetwork();

    static ProducerConfig.Builder config() {
        return ProducerConfig.builder("broker:1").lingerMs(0).blockMsMax(0);
    }

    BatchingProducer producer(ProducerConfig.Builder config) {
        network.lead(1, P0);
        network.lead(1, P1);
        BatchingProducer producer = new BatchingProducer(config.build(), network, time, () -> 0.5);
        learnPartitions(producer);
        return producer;
    }

    /** Fetches metadata by a send to a partition that does not exist. */
    private void learnPartitions(BatchingProducer producer) {
        Thread sender = new Thread(() -> queue(producer, new TopicPartition("t", 9), 1));
        sender.start();
        Awaitility.await().until(() -> {
            producer.step();
            return !sender.isAlive();
        });
        for (int i = 0; i < 3; i++) {
            time.advanceMs(2_000);
            producer.step();
        }
    }

    static CompletableFuture<RecordMetadata> send(Producer producer, TopicPartition to, int valueBytes) {
        return producer.send(new ProducerRecord(
                to.topic(), OptionalInt.of(to.partition()), OptionalLong.of(5), null, new byte[valueBytes], List.of()));
    }

    static void queue(Producer producer, TopicPartition to, int valueBytes) {
        CompletableFuture<RecordMetadata> unused = send(producer, to, valueBytes);
    }

    /** A block for {@link #P0}. */
    static RecordBlock block(Producer producer, int records, int valueBytes) {
        byte[] key = new byte[1];
        while (Partitioner.ofKey(key, 2) != P0.partition()) {
            key[0]++;
        }
        RecordBlock block = producer.newBlock("t", key, 100);
        for (int i = 0; i < records; i++) {
            assertThat(block.append(5 + i, new byte[valueBytes + 2], 1, valueBytes))
                    .isTrue();
        }
        return block;
    }

    static RecordBatch batch(Asked asked) {
        ProduceRequest request = asked.as(ProduceRequest.class);
        return RecordBatch.at(Objects.requireNonNull(
                        request.topics().get(0).partitions().get(0).records())
                .buffer());
    }

    static ProduceResponse answer(ProduceResponse.Partition partition) {
        return new ProduceResponse(List.of(new ProduceResponse.Topic("t", List.of(partition))), 0);
    }

    static void acknowledge(Asked asked, long baseOffset) {
        asked.answer(answer(ProduceResponse.Partition.appended(0, baseOffset, -1, 0)));
    }

    static void refuse(Asked asked, ErrorCode error) {
        asked.answer(answer(ProduceResponse.Partition.refused(0, error, "no")));
    }

    static ErrorCode failure(CompletableFuture<RecordMetadata> future) {
        assertThat(future).isDone();
        return Retry.errorOf(Objects.requireNonNull(future.handle((ok, e) -> e).join()));
    }

    /** Makes the broker acknowledge a first batch, which allows pipelining. */
    void acknowledgeFirstBatch(BatchingProducer producer) {
        CompletableFuture<RecordMetadata> first = send(producer, P0, 1);
        producer.step();
        acknowledge(network.only(), 0);
        producer.step();
        assertThat(first.join().offset()).hasValue(0);
    }
}
