package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.record.CompressionType;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Blocks of records in a {@link BatchingProducer}. */
class RecordBlockTest extends ProducerFixture {
    @Test
    void blockIsABatchOfItsOwnBehindEarlierRecords() {
        BatchingProducer producer = producer(config().lingerMs(1_000));
        queue(producer, P0, 1);
        CompletableFuture<RecordMetadata> block = producer.send(block(producer, 3, 10));
        queue(producer, P0, 1);
        producer.step();
        assertThat(batch(network.asked().get(0)).recordCount()).isEqualTo(1);
        acknowledge(network.only(), 40);
        producer.step();
        assertThat(batch(network.asked().get(0)).recordCount()).isEqualTo(3);
        acknowledge(network.only(), 41);
        producer.step();
        assertThat(block.join()).isEqualTo(new RecordMetadata(P0, OptionalLong.of(41), 5));
        assertThat(network.asked()).isEmpty();
    }

    @Test
    void blockThatIsTooLargeForTheTopicFailsAsAWhole() {
        BatchingProducer producer = producer(config());
        CompletableFuture<RecordMetadata> block = producer.send(block(producer, 3, 10));
        producer.step();
        refuse(network.only(), ErrorCode.MESSAGE_TOO_LARGE);
        producer.step();
        assertThat(failure(block)).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        assertThat(network.asked()).isEmpty();
    }

    @Test
    void refusedBlockHasTheRecordsThatTheBrokerNamed() {
        BatchingProducer producer = producer(config());
        CompletableFuture<RecordMetadata> block = producer.send(block(producer, 3, 10));
        producer.step();
        network.only()
                .answer(answer(new ProduceResponse.Partition(
                        0,
                        ErrorCode.INVALID_TIMESTAMP,
                        -1,
                        -1,
                        -1,
                        List.of(new ProduceResponse.RecordError(2, "too late")),
                        "record 2 is too late")));
        producer.step();
        assertThat(block)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOfSatisfying(RecordsRefusedException.class, refused -> {
                    assertThat(refused.indexes()).containsExactly(2);
                    assertThat(refused).hasMessageContaining("record 2 is too late");
                });
    }

    @Test
    void memoryOfABlockIsFreeOnceItIsAcknowledged() {
        BatchingProducer producer = producer(config().bufferBytesMax(2_048));
        CompletableFuture<RecordMetadata> first = producer.send(block(producer, 1, 600));
        assertThat(failure(producer.send(block(producer, 2, 600)))).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
        producer.step();
        acknowledge(network.only(), 0);
        producer.step();
        assertThat(first).isCompleted();
        assertThat(producer.send(block(producer, 2, 600))).isNotDone();
    }

    @Test
    void theRecordsOfABlockCountForTheLargestRequestAndNotItsMemory() {
        BatchingProducer producer =
                producer(config().batchBytesMax(16_000).requestBytesMax(16_000).compression(CompressionType.ZSTD));
        assertThat(producer.send(block(producer, 9, 1_700))).isNotDone();
        assertThat(failure(producer.send(block(producer, 1, 17_000)))).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
    }

    @Test
    void blockIsSentOnceAndByAProducerOfItsKind() {
        BatchingProducer producer = producer(config());
        RecordBlock sent = block(producer, 1, 10);
        assertThat(producer.send(sent)).isNotDone();
        assertThatThrownBy(() -> producer.send(sent)).hasMessage("block of 1 records for t was sent before");
        assertThatThrownBy(block(producer, 1, 10)::copy).hasMessage("block of 1 records for t is not encoded");

        RecordBlock encoded = block(producer, 1, 10);
        encoded.encode();
        BatchingProducer transactional = producer(TransactionFixture.transactional());
        assertThatThrownBy(() -> transactional.send(encoded))
                .hasMessage("block of 1 records for t was encoded outside of a transaction");
    }

    @Test
    void fullBlockRefusesARecord() {
        BatchingProducer producer = producer(config().batchBytesMax(200));
        RecordBlock block = block(producer, 1, 100);
        assertThat(block.append(5, new byte[100], 0, 100)).isFalse();
        assertThat(block.recordCount()).isEqualTo(1);
    }
}
