package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ScriptedNetwork.Asked;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ProduceResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class GonePartitionsTest extends ProducerFixture {
    private final BatchingProducer producer = producer(config().deliveryTimeoutMs(ProducerConfig.NO_DELIVERY_TIMEOUT));

    /** Lets time pass while the producer goes on asking for metadata. */
    private void pass(long ms) {
        for (long passedMs = 0; passedMs < ms; passedMs += 1_000) {
            time.advanceMs(1_000);
            producer.step();
        }
    }

    /** Sends a record that the leader refuses, since its partition went before. */
    private CompletableFuture<RecordMetadata> refusedAfter(Runnable change) {
        CompletableFuture<RecordMetadata> sent = send(producer, P1, 1);
        producer.step();
        change.run();
        network.only().answer(answer(ProduceResponse.Partition.refused(1, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "no")));
        producer.step();
        return sent;
    }

    @Test
    void recordForAPartitionThatATopicNoLongerHasFails() {
        CompletableFuture<RecordMetadata> sent = refusedAfter(() -> network.recreate(P0));
        pass(GonePartitions.PARTITION_GONE_MS - 2_000);
        assertThat(sent).as("a broker may lag behind").isNotDone();
        assertThat(producer.obstacle("t"))
                .hasValueSatisfying(why -> assertThat(why).hasMessage("t-1: UNKNOWN_TOPIC_OR_PARTITION at attempt 1"));
        pass(5_000);
        assertThat(sent).isCompletedExceptionally();
        assertThat(failure(sent)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void recordForATopicThatIsGoneFailsLater() {
        CompletableFuture<RecordMetadata> sent = refusedAfter(() -> network.delete("t"));
        pass(GonePartitions.TOPIC_GONE_MS - 2_000);
        assertThat(sent).as("brokers may have just started").isNotDone();
        pass(5_000);
        assertThat(failure(sent)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(producer.unavailability("t"))
                .hasValueSatisfying(why -> assertThat(why).hasMessage("no broker knows topic t: create it"));
    }

    @Test
    void outageOfAnyLengthFailsNothing() {
        CompletableFuture<RecordMetadata> sent = refusedAfter(() -> network.delete("t"));
        pass(2_000);
        network.holdMetadata(true);
        pass(10_000);
        time.advanceMs(10 * GonePartitions.TOPIC_GONE_MS);
        network.holdMetadata(false);
        network.only().fail(ErrorCode.NETWORK_EXCEPTION);
        pass(2_000);
        assertThat(sent).isNotDone();
        network.lead(1, P1);
        pass(5_000);
        assertThat(batch(network.only()).recordCount()).isEqualTo(1);
    }

    @Test
    void partitionThatComesBackIsWrittenToUnderANewSequence() {
        CompletableFuture<RecordMetadata> first = send(producer, P1, 1);
        producer.step();
        network.only().answer(answer(ProduceResponse.Partition.appended(1, 0, -1, 0)));
        producer.step();
        assertThat(first).isCompleted();
        CompletableFuture<RecordMetadata> sent = refusedAfter(() -> network.recreate(P0));
        pass(2 * GonePartitions.PARTITION_GONE_MS);
        assertThat(sent).isCompletedExceptionally();

        network.lead(1, P1);
        time.advanceMs(config().build().client().metadataMaxAgeMs());
        producer.step();
        producer.step();
        CompletableFuture<RecordMetadata> again = send(producer, P1, 1);
        producer.step();
        Asked asked = network.only();
        assertThat(batch(asked).baseSequence()).isZero();
        assertThat(batch(asked).producerEpoch()).isEqualTo((short) 1);
        assertThat(again).isNotDone();
    }

    @Test
    void batchInFlightIsWaitedFor() {
        CompletableFuture<RecordMetadata> sent = send(producer, P1, 1);
        producer.step();
        Asked unanswered = network.only();
        network.recreate(P0);
        pass(20_000);
        assertThat(sent).isNotDone();
        unanswered.answer(answer(ProduceResponse.Partition.appended(1, 3, -1, 0)));
        producer.step();
        assertThat(sent.join().offset()).hasValue(3);
    }
}
