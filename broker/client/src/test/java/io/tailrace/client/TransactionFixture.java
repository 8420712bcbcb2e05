package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ScriptedNetwork.Asked;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.EndTxnRequest;
import io.tailrace.protocol.message.EndTxnResponse;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.InitProducerIdResponse;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** A transactional producer without a thread over a scripted network: the test steps it and answers its requests. */
abstract class TransactionFixture extends ProducerFixture {
    static final String ID = "agent-1";
    static final int COORDINATOR = 2;
    static final long PRODUCER_ID = 7;

    BatchingProducer batching;
    TransactionalProducer producer;

    static ProducerConfig.Builder transactional() {
        return config().transactionalId(ID);
    }

    TransactionFixture() {
        this(transactional());
    }

    TransactionFixture(ProducerConfig.Builder config) {
        use(config);
    }

    final void use(ProducerConfig.Builder config) {
        batching = producer(config);
        producer = new TransactedProducer(batching);
    }

    void step() {
        batching.step();
    }

    /** Lets a pause between retries pass. */
    void pause() {
        step();
        time.advanceMs(2_000);
        step();
    }

    /** Takes the transactional id, with epoch 3. */
    void takeId() {
        CompletableFuture<Void> taken = producer.initTransactions();
        step();
        answerCoordinator(COORDINATOR);
        answerFeature(2);
        answerInit((short) 3);
        step();
        assertThat(taken).isCompleted();
    }

    void begin() {
        takeId();
        producer.begin();
    }

    /** Aborts a transaction with epoch 3. The next one has epoch 4. */
    void abort() {
        CompletableFuture<Void> aborted = producer.abort();
        step();
        answerEnd((short) 4);
        step();
        assertThat(aborted).isCompleted();
    }

    void answerCoordinator(int broker) {
        Asked asked = network.only();
        FindCoordinatorRequest request = asked.as(FindCoordinatorRequest.class);
        String key = request.coordinatorKeys().get(0);
        asked.answer(new FindCoordinatorResponse(
                0,
                ErrorCode.NONE,
                null,
                -1,
                "",
                -1,
                List.of(new FindCoordinatorResponse.Coordinator(key, broker, "broker", broker, ErrorCode.NONE, null))));
    }

    void answerFeature(int level) {
        Asked asked = network.only();
        assertThat(asked.request()).isInstanceOf(ApiVersionsRequest.class);
        asked.answer(new ApiVersionsResponse(
                ErrorCode.NONE,
                List.of(),
                0,
                List.of(),
                1,
                List.of(new ApiVersionsResponse.FinalizedFeature("transaction.version", (short) level, (short) 0)),
                false));
    }

    void answerInit(short epoch) {
        Asked asked = network.only();
        assertThat(asked.as(InitProducerIdRequest.class).transactionalId()).isEqualTo(ID);
        asked.answer(new InitProducerIdResponse(0, ErrorCode.NONE, PRODUCER_ID, epoch));
    }

    void answerInit(ErrorCode error) {
        network.only().answer(new InitProducerIdResponse(0, error, -1, (short) -1));
    }

    EndTxnRequest answerEnd(short nextEpoch) {
        Asked asked = network.only();
        asked.answer(new EndTxnResponse(0, ErrorCode.NONE, PRODUCER_ID, nextEpoch));
        return asked.as(EndTxnRequest.class);
    }

    EndTxnRequest answerEnd(ErrorCode error) {
        Asked asked = network.only();
        asked.answer(new EndTxnResponse(0, error, -1, (short) -1));
        return asked.as(EndTxnRequest.class);
    }

    /** Sends a record, and has the broker acknowledge it. */
    void sendAcknowledged(TopicPartition to) {
        CompletableFuture<RecordMetadata> sent = send(producer, to, 1);
        step();
        acknowledge(network.only(), 0);
        step();
        assertThat(sent).isCompleted();
    }

    static ErrorCode failureOf(CompletableFuture<?> future) {
        assertThat(future).isDone();
        return Retry.errorOf(Objects.requireNonNull(future.handle((ok, e) -> e).join()));
    }
}
