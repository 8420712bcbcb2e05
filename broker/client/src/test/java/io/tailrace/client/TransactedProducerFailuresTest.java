package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ScriptedNetwork.Asked;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What records that fail or are refused do to their transaction. */
class TransactedProducerFailuresTest extends TransactionFixture {
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
        assertThat(causeOf(unsent))
                .as("the failure of a record that brokers have not refused")
                .isNotInstanceOf(RecordsRefusedException.class)
                .hasCause(causeOf(refused));
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
        assertThat(failureOf(committed)).isEqualTo(ErrorCode.OPERATION_NOT_ATTEMPTED);
        abort();
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
        for (CompletableFuture<?> later : List.of(producer.commit(), send(producer, P0, 1))) {
            assertThat(failureOf(later)).isEqualTo(ErrorCode.OPERATION_NOT_ATTEMPTED);
            assertThat(rootOf(later)).isInstanceOf(RecordsRefusedException.class);
            assertThat(Retry.errorOf(rootOf(later))).isEqualTo(ErrorCode.INVALID_RECORD);
        }
    }

    @Test
    void refusalThatFailsTheTransactionIsNotThatOfOtherBatches() {
        begin();
        CompletableFuture<RecordMetadata> refused = send(producer, P0, 1);
        step();
        network.only().fail(ErrorCode.REQUEST_TIMED_OUT);
        pause();
        CompletableFuture<RecordMetadata> queued = send(producer, P1, 1);
        refuse(network.only(), ErrorCode.MESSAGE_TOO_LARGE);
        step();
        assertThat(causeOf(refused)).isInstanceOf(RecordsRefusedException.class);
        assertThat(failureOf(refused)).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        assertThat(failureOf(queued)).isEqualTo(ErrorCode.OPERATION_NOT_ATTEMPTED);
        assertThat(causeOf(queued))
                .isNotInstanceOf(RecordsRefusedException.class)
                .hasMessageStartingWith("the transaction has failed: " + P0)
                .hasCause(causeOf(refused));
        abort();
    }

    @Test
    void fenceOfARefusedBatchIsStillOneForTheOthers() {
        begin();
        queue(producer, P0, 1);
        step();
        CompletableFuture<RecordMetadata> queued = send(producer, P1, 1);
        refuse(network.only(), ErrorCode.PRODUCER_FENCED);
        step();
        assertThat(failureOf(queued)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(failureOf(producer.abort())).isEqualTo(ErrorCode.PRODUCER_FENCED);
    }

    /** The coordinator may commit it all the same. */
    @Test
    void failureWhileTheEndIsOnItsWayDoesNotFailTheTransaction() {
        begin();
        sendAcknowledged(P0);
        CompletableFuture<Void> committed = producer.commit();
        step();
        batching.transactions()
                .recordsFailed(new ClientException(ErrorCode.REQUEST_TIMED_OUT, "no memory for a record"), true);
        assertThat(committed).isNotDone();
        assertThat(answerEnd((short) 4).committed()).isTrue();
        step();
        assertThat(committed).isCompleted();
    }

    @Test
    void sendThatFailsAsACommitBeginsDoesNotFailTheCommit() throws InterruptedException {
        begin();
        sendAcknowledged(P0);
        Transactions transactions = batching.transactions();
        Thread sender = new Thread(() ->
                transactions.sendFailed(new ClientException(ErrorCode.REQUEST_TIMED_OUT, "no memory for a record")));
        CompletableFuture<Void> committed;
        synchronized (transactions) {
            sender.start();
            Awaitility.await().until(() -> sender.getState() == Thread.State.BLOCKED);
            committed = producer.commit();
        }
        sender.join();
        step();
        assertThat(answerEnd((short) 4).committed()).isTrue();
        step();
        assertThat(committed).isCompleted();
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

    private static Throwable causeOf(CompletableFuture<?> failed) {
        return Objects.requireNonNull(
                failed.handle((done, failure) -> Retry.unwrapped(failure)).join());
    }

    private static Throwable rootOf(CompletableFuture<?> failed) {
        Throwable root = causeOf(failed);
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
