package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.client.ScriptedNetwork.Asked;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.EndTxnRequest;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.TxnOffsetCommitRequest;
import io.tailrace.protocol.message.TxnOffsetCommitResponse;
import io.tailrace.protocol.record.CompressionType;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How transactions begin and end, and who may end them. */
class TransactedProducerTest extends TransactionFixture {
    private static final TopicPartition READ = new TopicPartition("in", 0);

    @Test
    void batchesCarryTheTransactionAndEachTransactionBeginsItsSequences() {
        begin();
        CompletableFuture<RecordMetadata> first = send(producer, P0, 1);
        step();
        Asked produce = network.only();
        assertThat(produce.as(ProduceRequest.class).transactionalId()).isEqualTo(ID);
        assertThat(batch(produce).isTransactional()).isTrue();
        assertThat(batch(produce).producerId()).isEqualTo(PRODUCER_ID);
        assertThat(batch(produce).producerEpoch()).isEqualTo((short) 3);
        acknowledge(produce, 0);
        step();
        assertThat(first).isCompleted();
        CompletableFuture<Void> committed = producer.commit();
        step();
        assertThat(answerEnd((short) 4)).isEqualTo(new EndTxnRequest(ID, PRODUCER_ID, (short) 3, true));
        step();
        assertThat(committed).isCompleted();

        producer.begin();
        queue(producer, P0, 1);
        step();
        Asked next = network.only();
        assertThat(batch(next).producerEpoch()).isEqualTo((short) 4);
        assertThat(batch(next).baseSequence()).isZero();
    }

    @Test
    void blockIsAPartOfTheTransaction() {
        begin();
        CompletableFuture<RecordMetadata> unused = producer.send(block(producer, 1, 9));
        step();
        assertThat(batch(network.only()).isTransactional()).isTrue();
    }

    @Test
    void copyOfABlockIsSentInALaterTransaction() {
        use(transactional().compression(CompressionType.ZSTD));
        begin();
        RecordBlock block = block(producer, 1, 900);
        CompletableFuture<RecordMetadata> sent = producer.send(block);
        step();
        Asked first = network.only();
        acknowledge(first, 0);
        step();
        assertThat(sent).isCompleted();
        assertThat(block.memoryBytes()).isLessThan(200);
        abort();

        producer.begin();
        CompletableFuture<RecordMetadata> again = producer.send(block.copy());
        step();

        Asked second = network.only();
        assertThat(batch(first).producerEpoch()).isEqualTo((short) 3);
        assertThat(batch(second).producerEpoch()).isEqualTo((short) 4);
        assertThat(batch(second).isTransactional()).isTrue();
        assertThat(batch(second).isCrcValid()).isTrue();
        assertThat(batch(second).recordCount()).isEqualTo(1);
        acknowledge(second, 3);
        step();
        assertThat(again).isCompletedWithValue(new RecordMetadata(P0, OptionalLong.of(3), 5));
    }

    @Test
    void commitWaitsForWhatWasSentWithoutLingering() {
        use(transactional().lingerMs(10_000).deliveryTimeoutMs(60_000));
        begin();
        queue(producer, P0, 1);
        step();
        assertThat(network.asked()).isEmpty();
        CompletableFuture<Void> committed = producer.commit();
        step();
        Asked produce = network.only();
        step();
        assertThat(network.asked()).as("no end while a record is on its way").isEmpty();
        acknowledge(produce, 0);
        step();
        answerEnd((short) 4);
        step();
        assertThat(committed).isCompleted();
    }

    @Test
    void transactionWithoutRecordsAsksNobody() {
        begin();
        CompletableFuture<Void> committed = producer.commit();
        step();
        assertThat(committed).isCompleted();
        producer.begin();
        CompletableFuture<Void> aborted = producer.abort();
        step();
        assertThat(aborted).isCompleted();
        assertThat(network.asked()).isEmpty();
    }

    @Test
    void sendOutsideOfATransactionFails() {
        assertThat(failureOf(send(producer, P0, 1))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThatThrownBy(producer::begin)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("call initTransactions first");
        takeId();
        assertThat(failureOf(send(producer, P0, 1))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        producer.begin();
        queue(producer, P0, 1);
        CompletableFuture<Void> unused = producer.commit();
        assertThat(failureOf(send(producer, P0, 1))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThatThrownBy(producer::begin).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(producer::abort).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(producer::initTransactions).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void lostAnswerToTheEndIsAskedForAgain() {
        begin();
        sendAcknowledged(P0);
        CompletableFuture<Void> committed = producer.commit();
        step();
        network.only().fail(ErrorCode.NETWORK_EXCEPTION);
        pause();
        answerCoordinator(1);
        Asked again = network.asked().get(0);
        assertThat(again.broker()).isEqualTo(ScriptedNetwork.address(1));
        assertThat(answerEnd((short) 4).producerEpoch()).isEqualTo((short) 3);
        step();
        assertThat(committed).isCompleted();
    }

    @Test
    void endWaitsForTheEndBefore() {
        begin();
        sendAcknowledged(P0);
        CompletableFuture<Void> committed = producer.commit();
        step();
        answerEnd(ErrorCode.CONCURRENT_TRANSACTIONS);
        step();
        time.advanceMs(CoordinatorCall.CONCURRENT_TRANSACTIONS_PAUSE_MS);
        step();
        answerEnd((short) 4);
        step();
        assertThat(committed).isCompleted();
    }

    @Test
    void batchWaitsOnlyShortlyForTheEndOfTheTransactionBefore() {
        begin();
        queue(producer, P0, 1);
        step();
        refuse(network.only(), ErrorCode.CONCURRENT_TRANSACTIONS);
        step();
        time.advanceMs(CoordinatorCall.CONCURRENT_TRANSACTIONS_PAUSE_MS);
        step();
        assertThat(batch(network.only()).baseSequence()).isZero();
    }

    @Test
    void coordinatorThatHasMovedIsLookedUp() {
        CompletableFuture<Void> taken = producer.initTransactions();
        step();
        answerCoordinator(1);
        answerFeature(2);
        answerInit(ErrorCode.NOT_COORDINATOR);
        pause();
        answerCoordinator(2);
        assertThat(network.asked().get(0).broker()).isEqualTo(ScriptedNetwork.address(2));
        answerInit((short) 0);
        step();
        assertThat(taken).isCompleted();
    }

    @Test
    void brokersWithoutVersionTwoAreRefused() {
        CompletableFuture<Void> taken = producer.initTransactions();
        step();
        answerCoordinator(1);
        answerFeature(1);
        step();
        assertThat(failureOf(taken)).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
        assertThatThrownBy(taken::join).hasMessageContaining("transaction.version=1, this client needs 2");
    }

    @Test
    void idThatIsRefusedCanBeAskedForAgain() {
        CompletableFuture<Void> taken = producer.initTransactions();
        step();
        answerCoordinator(1);
        answerFeature(2);
        answerInit(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
        step();
        assertThat(failureOf(taken)).isEqualTo(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
        CompletableFuture<Void> again = producer.initTransactions();
        step();
        answerCoordinator(1);
        answerInit((short) 0);
        step();
        assertThat(again).isCompleted();
    }

    @Test
    void idThatNobodyAnswersForTimesOut() {
        CompletableFuture<Void> taken = producer.initTransactions();
        step();
        time.advanceMs(ProducerConfig.of("a:1").deliveryTimeoutMs());
        network.only().fail(ErrorCode.NETWORK_EXCEPTION);
        step();
        assertThat(failureOf(taken)).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
    }

    @Test
    void fencedProducerStaysFencedUntilItTakesTheIdBack() {
        begin();
        queue(producer, P0, 1);
        step();
        refuse(network.only(), ErrorCode.INVALID_PRODUCER_EPOCH);
        step();
        assertThat(failureOf(producer.commit())).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(failureOf(producer.abort())).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(failureOf(send(producer, P0, 1))).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        CompletableFuture<Void> taken = producer.initTransactions();
        step();
        InitProducerIdRequest init = network.asked().get(0).as(InitProducerIdRequest.class);
        assertThat(init.producerId()).isEqualTo(-1);
        answerInit((short) 9);
        step();
        assertThat(taken).isCompleted();
        producer.begin();
        queue(producer, P0, 1);
        step();
        assertThat(batch(network.only()).producerEpoch()).isEqualTo((short) 9);
    }

    @Test
    void commitOfAFencedProducerFails() {
        begin();
        sendAcknowledged(P0);
        CompletableFuture<Void> committed = producer.commit();
        step();
        answerEnd(ErrorCode.PRODUCER_FENCED);
        step();
        assertThat(failureOf(committed)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThatThrownBy(producer::begin).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void commitThatIsAbortableEndsWithAnAbort() {
        begin();
        sendAcknowledged(P0);
        CompletableFuture<Void> committed = producer.commit();
        step();
        answerEnd(ErrorCode.TRANSACTION_ABORTABLE);
        step();
        assertThat(failureOf(committed)).isEqualTo(ErrorCode.TRANSACTION_ABORTABLE);
        CompletableFuture<Void> aborted = producer.abort();
        step();
        answerCoordinator(COORDINATOR);
        answerEnd((short) 4);
        step();
        assertThat(aborted).isCompleted();
    }

    @Test
    void commitThatTimesOutIsUndecidedAndGoesOnWithTheNextCall() {
        begin();
        sendAcknowledged(P0);
        CompletableFuture<Void> committed = producer.commit();
        step();
        time.advanceMs(ProducerConfig.of("a:1").deliveryTimeoutMs());
        network.only().fail(ErrorCode.REQUEST_TIMED_OUT);
        step();
        assertThat(failureOf(committed)).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
        assertThatThrownBy(producer::abort).isInstanceOf(IllegalStateException.class);
        CompletableFuture<Void> again = producer.commit();
        step();
        answerCoordinator(COORDINATOR);
        assertThat(answerEnd((short) 4)).isEqualTo(new EndTxnRequest(ID, PRODUCER_ID, (short) 3, true));
        step();
        assertThat(again).isCompleted();
    }

    @Test
    void offsetsGoToTheGroupsCoordinatorBeforeTheEnd() {
        begin();
        CompletableFuture<Void> sent = producer.sendOffsets("g", Map.of(READ, 12L));
        CompletableFuture<Void> committed = producer.commit();
        step();
        answerCoordinator(1);
        Asked asked = network.only();
        assertThat(asked.broker()).isEqualTo(ScriptedNetwork.address(1));
        TxnOffsetCommitRequest request = asked.as(TxnOffsetCommitRequest.class);
        assertThat(request.groupId()).isEqualTo("g");
        assertThat(request.producerEpoch()).isEqualTo((short) 3);
        assertThat(request.topics())
                .containsExactly(new TxnOffsetCommitRequest.Topic(
                        "in", List.of(new TxnOffsetCommitRequest.Partition(0, 12, -1, ""))));
        asked.answer(offsets(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS));
        pause();
        answerCoordinator(1);
        network.only().answer(offsets(ErrorCode.NONE));
        step();
        assertThat(sent).isCompleted();
        assertThat(answerEnd((short) 4).committed()).isTrue();
        step();
        assertThat(committed).isCompleted();
    }

    @Test
    void offsetsThatAreRefusedFailTheTransaction() {
        begin();
        CompletableFuture<Void> sent = producer.sendOffsets("g", Map.of(READ, 12L));
        step();
        answerCoordinator(1);
        network.only().answer(offsets(ErrorCode.ILLEGAL_GENERATION));
        step();
        assertThat(failureOf(sent)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(failureOf(producer.commit())).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        abort();
    }

    private static TxnOffsetCommitResponse offsets(ErrorCode error) {
        return new TxnOffsetCommitResponse(
                0,
                List.of(new OffsetCommitResponse.Topic("in", List.of(new OffsetCommitResponse.Partition(0, error)))));
    }

    @Test
    void closeFailsWhatIsInProgress() {
        begin();
        sendAcknowledged(P0);
        CompletableFuture<Void> sent = producer.sendOffsets("g", Map.of(READ, 12L));
        CompletableFuture<Void> committed = producer.commit();
        step();
        producer.closeNow();
        assertThat(failureOf(committed)).isEqualTo(ErrorCode.NETWORK_EXCEPTION);
        assertThat(failureOf(sent)).isEqualTo(ErrorCode.NETWORK_EXCEPTION);
        assertThat(failureOf(producer.initTransactions())).isEqualTo(ErrorCode.NETWORK_EXCEPTION);
    }

    @Test
    void idleProducerSleeps() {
        takeId();
        step();
        assertThat(batching.step()).isGreaterThan(time.elapsedMs() + 1_000);
    }
}
