package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.client.ScriptedNetwork.Asked;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.ProduceRequest;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class BatchingProducerTest extends ProducerFixture {
    @Test
    void batchWaitsForItsLinger() {
        BatchingProducer producer = producer(config().lingerMs(10));
        queue(producer, P0, 1);
        queue(producer, P0, 1);
        assertThat(producer.step()).isLessThanOrEqualTo(time.elapsedMs() + 10);
        assertThat(network.asked()).isEmpty();
        time.advanceMs(10);
        producer.step();
        assertThat(batch(network.only()).recordCount()).isEqualTo(2);
    }

    @Test
    void fullBatchDoesNotLinger() {
        BatchingProducer producer = producer(config().lingerMs(1_000).batchBytesMax(200));
        queue(producer, P0, 100);
        queue(producer, P0, 100);
        producer.step();
        assertThat(batch(network.only()).recordCount()).isEqualTo(1);
    }

    @Test
    void recordsOfOneBatchHaveConsecutiveOffsetsAndTheirOwnTimestamp() {
        BatchingProducer producer = producer(config());
        CompletableFuture<RecordMetadata> first = send(producer, P0, 1);
        CompletableFuture<RecordMetadata> second = send(producer, P0, 1);
        producer.step();
        acknowledge(network.only(), 41);
        producer.step();
        assertThat(first.join()).isEqualTo(new RecordMetadata(P0, OptionalLong.of(41), 5));
        assertThat(second.join()).isEqualTo(new RecordMetadata(P0, OptionalLong.of(42), 5));
    }

    @Test
    void oneBatchIsInFlightUntilTheFirstIsAcknowledgedThenSeveral() {
        BatchingProducer producer = producer(config());
        queue(producer, P0, 1);
        producer.step();
        queue(producer, P0, 1);
        producer.step();
        acknowledge(network.only(), 0);
        producer.step();
        queue(producer, P0, 1);
        producer.step();
        assertThat(network.asked()).hasSize(2);
        assertThat(batch(network.asked().get(0)).baseSequence()).isEqualTo(1);
        assertThat(batch(network.asked().get(1)).baseSequence()).isEqualTo(2);
    }

    @Test
    void requestsInFlightAreBounded() {
        BatchingProducer producer = producer(config().inFlightMax(2));
        acknowledgeFirstBatch(producer);
        for (int i = 0; i < 4; i++) {
            queue(producer, P0, 1);
            producer.step();
        }
        assertThat(network.asked()).hasSize(2);
    }

    @Test
    void producerThatIsNotIdempotentKeepsOrderWithOneBatchInFlight() {
        BatchingProducer producer = producer(config().idempotent(false));
        acknowledgeFirstBatch(producer);
        queue(producer, P0, 1);
        producer.step();
        queue(producer, P0, 1);
        producer.step();
        assertThat(batch(network.only()).hasProducerId()).isFalse();
    }

    @Test
    void lostConnectionIsRetriedInOrderUnderTheSameSequenceOneAtATime() {
        BatchingProducer producer = producer(config());
        acknowledgeFirstBatch(producer);
        CompletableFuture<RecordMetadata> a = send(producer, P0, 1);
        producer.step();
        CompletableFuture<RecordMetadata> b = send(producer, P0, 1);
        producer.step();
        List<Asked> lost = List.copyOf(network.asked());
        network.asked().clear();
        lost.forEach(asked -> asked.fail(ErrorCode.NETWORK_EXCEPTION));
        producer.step();
        assertThat(network.asked()).as("it pauses first").isEmpty();
        time.advanceMs(1_000);
        producer.step();
        Asked retried = network.only();
        assertThat(batch(retried).baseSequence()).isEqualTo(1);
        acknowledge(retried, 1);
        producer.step();
        Asked second = network.only();
        assertThat(batch(second).baseSequence()).isEqualTo(2);
        acknowledge(second, 2);
        producer.step();
        assertThat(a.join().offset()).hasValue(1);
        assertThat(b.join().offset()).hasValue(2);
    }

    @Test
    void batchGoesToTheNewLeaderOnlyAfterTheOldOneHasAnswered() {
        BatchingProducer producer = producer(config().set("metadata.max.age.ms", "1000"));
        acknowledgeFirstBatch(producer);
        queue(producer, P0, 1);
        producer.step();
        network.lead(2, P0);
        time.advanceMs(5_000);
        producer.step();
        producer.step();
        queue(producer, P0, 1);
        producer.step();
        Asked old = network.only();
        assertThat(old.broker()).isEqualTo(ScriptedNetwork.address(1));
        refuse(old, ErrorCode.NOT_LEADER_OR_FOLLOWER);
        producer.step();
        time.advanceMs(2_000);
        producer.step();
        Asked retried = network.only();
        assertThat(retried.broker()).isEqualTo(ScriptedNetwork.address(2));
        assertThat(batch(retried).baseSequence()).isEqualTo(1);
    }

    @Test
    void batchIsSentAgainOnlyToALeaderThatWasLookedUpAfterTheRefusal() {
        BatchingProducer producer = producer(config());
        acknowledgeFirstBatch(producer);
        queue(producer, P0, 1);
        producer.step();
        network.lead(2, P0);
        network.holdMetadata(true);
        time.advanceMs(1);
        refuse(network.only(), ErrorCode.NOT_LEADER_OR_FOLLOWER);
        producer.step();
        time.advanceMs(5_000);
        producer.step();
        Asked lookup = network.only();
        lookup.answer(network.metadata(lookup.as(MetadataRequest.class)));
        producer.step();
        assertThat(network.only().broker()).isEqualTo(ScriptedNetwork.address(2));
    }

    @Test
    void nothingIsPipelinedBehindARetry() {
        BatchingProducer producer = producer(config());
        acknowledgeFirstBatch(producer);
        queue(producer, P0, 1);
        producer.step();
        refuse(network.only(), ErrorCode.NOT_ENOUGH_REPLICAS);
        producer.step();
        time.advanceMs(5_000);
        producer.step();
        queue(producer, P0, 1);
        producer.step();
        Asked retried = network.only();
        assertThat(batch(retried).baseSequence()).isEqualTo(1);
        acknowledge(retried, 1);
        producer.step();
        assertThat(batch(network.only()).baseSequence()).isEqualTo(2);
    }

    @Test
    void sequenceRestartsOnlyWithNothingInFlight() {
        BatchingProducer producer = producer(config());
        acknowledgeFirstBatch(producer);
        queue(producer, P0, 1);
        producer.step();
        CompletableFuture<RecordMetadata> second = send(producer, P0, 1);
        producer.step();
        List<Asked> both = List.copyOf(network.asked());
        network.asked().clear();
        refuse(both.get(0), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        producer.step();
        acknowledge(both.get(1), 1);
        producer.step();
        assertThat(second.join().offset()).hasValue(1);
        time.advanceMs(5_000);
        producer.step();
        Asked again = network.only();
        assertThat(batch(again).producerEpoch()).isZero();
        refuse(again, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        producer.step();
        time.advanceMs(5_000);
        producer.step();
        assertThat(batch(network.only()).producerEpoch()).isEqualTo((short) 1);
    }

    @Test
    void recordSentWhileTheProducerClosesIsRefused() {
        Accumulator accumulator = new Accumulator(config().build());
        PartitionQueue queue = accumulator.queue(P0);
        accumulator.close();
        ProducerRecord record = ProducerRecord.of("t", null, new byte[1]);
        for (PartitionQueue late : List.of(queue, accumulator.queue(P1))) {
            assertThatThrownBy(() -> late.append(config().build(), 0, 0, record, List.of(), 1))
                    .isInstanceOf(ClientException.class)
                    .hasMessageContaining("closed");
        }
        assertThat(accumulator.unacknowledged()).isEmpty();
    }

    @Test
    void batchThatIsTooLargeForTheTopicIsSplitInItsPlace() {
        BatchingProducer producer = producer(config());
        acknowledgeFirstBatch(producer);
        CompletableFuture<RecordMetadata> a = send(producer, P0, 1);
        CompletableFuture<RecordMetadata> b = send(producer, P0, 1);
        producer.step();
        refuse(network.only(), ErrorCode.MESSAGE_TOO_LARGE);
        producer.step();
        producer.step();
        List<Asked> halves = List.copyOf(network.asked());
        assertThat(halves).extracting(asked -> batch(asked).baseSequence()).containsExactly(1, 2);
        network.asked().clear();
        acknowledge(halves.get(0), 1);
        refuse(halves.get(1), ErrorCode.MESSAGE_TOO_LARGE);
        producer.step();
        assertThat(a.join().offset()).hasValue(1);
        assertThat(failure(b)).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
    }

    @Test
    void sequenceRestartsUnderTheNextEpochAfterABatchHasFailed() {
        BatchingProducer producer = producer(config());
        acknowledgeFirstBatch(producer);
        CompletableFuture<RecordMetadata> failed = send(producer, P0, 1);
        producer.step();
        refuse(network.only(), ErrorCode.INVALID_RECORD);
        producer.step();
        assertThat(failure(failed)).isEqualTo(ErrorCode.INVALID_RECORD);
        CompletableFuture<RecordMetadata> next = send(producer, P0, 1);
        producer.step();
        Asked gap = network.only();
        assertThat(batch(gap).baseSequence()).isEqualTo(2);
        refuse(gap, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        producer.step();
        time.advanceMs(1_000);
        producer.step();
        Asked restarted = network.only();
        assertThat(batch(restarted).producerEpoch()).isEqualTo((short) 1);
        assertThat(batch(restarted).baseSequence()).isZero();
        acknowledge(restarted, 1);
        producer.step();
        assertThat(next.join().offset()).hasValue(1);
    }

    @Test
    void batchOfAnUnansweredRequestIsNotWrittenUnderANewEpoch() {
        BatchingProducer producer = producer(config());
        acknowledgeFirstBatch(producer);
        CompletableFuture<RecordMetadata> underWay = send(producer, P0, 1);
        producer.step();
        network.only().fail(ErrorCode.REQUEST_TIMED_OUT);
        producer.step();
        CompletableFuture<RecordMetadata> next = send(producer, P0, 1);
        time.advanceMs(5_000);
        producer.step();
        refuse(network.only(), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        producer.step();
        assertThat(failure(underWay)).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        producer.step();
        Asked restarted = network.only();
        assertThat(batch(restarted).producerEpoch()).isEqualTo((short) 1);
        acknowledge(restarted, 1);
        producer.step();
        assertThat(next.join().offset()).hasValue(1);
    }

    @Test
    void futureFailsAtTheDeliveryTimeoutEvenIfTheBatchIsInFlight() {
        BatchingProducer producer = producer(config().deliveryTimeoutMs(30_000));
        CompletableFuture<RecordMetadata> late = send(producer, P0, 1);
        producer.step();
        time.advanceMs(30_000);
        producer.step();
        assertThat(failure(late)).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
        acknowledge(network.only(), 0);
        producer.step();
        assertThat(failure(late)).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
    }

    @Test
    void recordIsRetriedForEverWithoutADeliveryTimeout() {
        BatchingProducer producer = producer(config().deliveryTimeoutMs(ProducerConfig.NO_DELIVERY_TIMEOUT));
        CompletableFuture<RecordMetadata> sent = send(producer, P0, 1);
        producer.step();
        network.only().fail(ErrorCode.NETWORK_EXCEPTION);
        producer.step();
        time.advanceMs(2L * Integer.MAX_VALUE);
        producer.step();
        assertThat(sent).isNotDone();
        acknowledge(network.only(), 7);
        producer.step();
        assertThat(sent.join().offset()).hasValue(7);
        producer.closeNow();
    }

    @Test
    void recordThatCanNeverBeSentFailsAtOnce() {
        BatchingProducer producer = producer(config().requestBytesMax(2_000));
        assertThat(failure(send(producer, P0, 3_000))).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        assertThat(failure(send(producer, new TopicPartition("t", 7), 1)))
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(failure(send(producer, new TopicPartition("none", 0), 1))).isNotNull();
    }

    @Test
    void sendBlocksWhileTheBufferIsFullUntilTheNextAcknowledgement() throws Exception {
        BatchingProducer producer = producer(config().bufferBytesMax(1_024)
                .lingerMs(100_000)
                .deliveryTimeoutMs(200_000)
                .blockMsMax(60_000));
        queue(producer, P0, 800);
        FutureTask<CompletableFuture<RecordMetadata>> blocked = new FutureTask<>(() -> send(producer, P0, 800));
        Thread sender = new Thread(blocked);
        sender.start();
        Awaitility.await().until(() -> {
            producer.step();
            return !network.asked().isEmpty();
        });
        assertThat(blocked.isDone()).isFalse();
        acknowledge(network.only(), 0);
        producer.step();
        assertThat(blocked.get(60, TimeUnit.SECONDS)).isNotDone();
    }

    @Test
    void fullBufferFailsTheSendAfterMaxBlock() {
        BatchingProducer producer = producer(config().bufferBytesMax(1_024));
        queue(producer, P0, 800);
        assertThat(failure(send(producer, P0, 800))).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
    }

    @Test
    void batchesOfSeveralPartitionsShareARequestWhileTheyFit() {
        BatchingProducer producer = producer(config().requestBytesMax(1_100));
        queue(producer, P0, 400);
        queue(producer, P1, 400);
        producer.step();
        assertThat(network.only().as(ProduceRequest.class).topics().get(0).partitions())
                .hasSize(2);
    }

    @Test
    void flushThatTimesOutFailsNoRecord() {
        BatchingProducer producer = producer(config());
        CompletableFuture<RecordMetadata> future = send(producer, P0, 1);
        assertThatThrownBy(() -> producer.flush(Duration.ofMillis(1))).isInstanceOf(ClientException.class);
        assertThat(future).isNotDone();
    }
}
