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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

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
        RecordBlock block = producer.newBlock("t", new byte[] {1});
        block.append(5, new byte[9], 0, 9);
        CompletableFuture<RecordMetadata> unused = producer.send(block);
        step();
        assertThat(batch(network.only()).isTransactional()).isTrue();
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
    void recordThatFailsFailsTheTransactionUntilItIsAborted() {
        begin();
        CompletableFuture<RecordMetadata> refused = send(producer, P0, 1);
        step();
        queue(producer, P1, 1);
        CompletableFuture<RecordMetadata> unsent = send(producer, P0, 1);
        refuse(network.only(), ErrorCode.TOPIC_AUTHORIZATION_FAILED);
        step();
        step();
        assertThat(failureOf(refused)).isEqualTo(ErrorCode.TOPIC_AUTHORIZATION_FAILED);
        assertThat(failureOf(unsent)).isEqualTo(ErrorCode.TOPIC_AUTHORIZATION_FAILED);
        assertThat(network.asked()).isEmpty();
        assertThat(failureOf(send(producer, P0, 1))).isEqualTo(ErrorCode.TOPIC_AUTHORIZATION_FAILED);
        assertThat(failureOf(producer.commit())).isEqualTo(ErrorCode.TOPIC_AUTHORIZATION_FAILED);
        CompletableFuture<Void> aborted = producer.abort();
        step();
        assertThat(answerEnd((short) 4).committed()).isFalse();
        step();
        assertThat(aborted).isCompleted();
        producer.begin();
        sendAcknowledged(P0);
    }

    @Test
    void recordThatExpiresFailsTheCommitThatWaitsForIt() {
        begin();
        queue(producer, P0, 1);
        step();
        CompletableFuture<Void> committed = producer.commit();
        time.advanceMs(ProducerConfig.of("a:1").deliveryTimeoutMs());
        step();
        assertThat(failureOf(committed)).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
        CompletableFuture<Void> aborted = producer.abort();
        step();
        Asked late = network.only();
        step();
        assertThat(network.asked()).as("no end while a record is on its way").isEmpty();
        refuse(late, ErrorCode.NOT_ENOUGH_REPLICAS);
        step();
        assertThat(answerEnd((short) 4).committed()).isFalse();
        step();
        assertThat(aborted).isCompleted();
    }

    @Test
    void abortFailsWhatIsNotSentAndDoesNotSendAgain() {
        begin();
        CompletableFuture<RecordMetadata> sent = send(producer, P0, 1);
        step();
        CompletableFuture<RecordMetadata> queued = send(producer, P0, 1);
        CompletableFuture<Void> aborted = producer.abort();
        step();
        assertThat(failureOf(queued)).isEqualTo(ErrorCode.OPERATION_NOT_ATTEMPTED);
        network.only().fail(ErrorCode.NETWORK_EXCEPTION);
        step();
        assertThat(failureOf(sent)).isEqualTo(ErrorCode.OPERATION_NOT_ATTEMPTED);
        assertThat(answerEnd((short) 4).committed()).isFalse();
        step();
        assertThat(aborted).isCompleted();
    }

    @Test
    void refusalThatIsNotAcceptedFailsTheCommit() {
        begin();
        CompletableFuture<RecordMetadata> refused = send(producer, P0, 1);
        step();
        refuse(network.only(), ErrorCode.INVALID_RECORD);
        step();
        assertThat(failureOf(refused)).isEqualTo(ErrorCode.INVALID_RECORD);
        CompletableFuture<Void> committed = producer.commit();
        step();
        assertThat(failureOf(committed)).isEqualTo(ErrorCode.INVALID_RECORD);
        CompletableFuture<Void> aborted = producer.abort();
        step();
        answerEnd((short) 4);
        step();
        assertThat(aborted).isCompleted();
        producer.begin();
        sendAcknowledged(P0);
        CompletableFuture<Void> next = producer.commit();
        step();
        assertThat(answerEnd((short) 5).committed())
                .as("the refusal was the last transaction's")
                .isTrue();
        step();
        assertThat(next).isCompleted();
    }

    @Test
    void refusalThatIsAcceptedLeavesNoGapInTheSequence() {
        begin();
        sendAcknowledged(P0);
        CompletableFuture<RecordMetadata> refused = send(producer, P0, 1);
        step();
        CompletableFuture<RecordMetadata> behind = send(producer, P0, 1);
        step();
        List<Asked> both = List.copyOf(network.asked());
        network.asked().clear();
        refuse(both.get(0), ErrorCode.INVALID_RECORD);
        step();
        CompletableFuture<Void> accepted = refused.handle((done, failure) -> {
            producer.acceptRefusal((RecordsRefusedException) failure);
            return null;
        });
        assertThat(accepted).isCompleted();
        refuse(both.get(1), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        pause();
        Asked again = network.only();
        assertThat(batch(again).baseSequence()).isEqualTo(1);
        assertThat(batch(again).producerEpoch()).isEqualTo((short) 3);
        acknowledge(again, 1);
        step();
        assertThat(behind).isCompleted();
        CompletableFuture<Void> committed = producer.commit();
        step();
        answerEnd((short) 4);
        step();
        assertThat(committed).isCompleted();
    }

    @Test
    void gapIsNotClosedIfABatchBehindItMayStillArrive() {
        begin();
        sendAcknowledged(P0);
        CompletableFuture<RecordMetadata> refused = send(producer, P0, 1);
        step();
        CompletableFuture<RecordMetadata> behind = send(producer, P0, 1);
        step();
        List<Asked> both = List.copyOf(network.asked());
        network.asked().clear();
        refuse(both.get(0), ErrorCode.INVALID_RECORD);
        both.get(1).fail(ErrorCode.REQUEST_TIMED_OUT);
        pause();
        assertThat(failureOf(refused)).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(failureOf(behind)).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(failureOf(producer.commit())).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void refusalOfABatchThatMayBeInTheLogFailsTheTransaction() {
        begin();
        queue(producer, P0, 1);
        step();
        network.only().fail(ErrorCode.REQUEST_TIMED_OUT);
        pause();
        refuse(network.only(), ErrorCode.INVALID_RECORD);
        step();
        assertThat(failureOf(producer.commit())).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(failureOf(send(producer, P0, 1))).isEqualTo(ErrorCode.INVALID_RECORD);
    }

    @Test
    void sequenceThatTheBrokerDoesNotAcceptFailsTheTransaction() {
        begin();
        sendAcknowledged(P0);
        queue(producer, P0, 1);
        step();
        refuse(network.only(), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        step();
        assertThat(failureOf(producer.commit())).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
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
        CompletableFuture<Void> aborted = producer.abort();
        step();
        answerEnd((short) 4);
        step();
        assertThat(aborted).isCompleted();
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
