package io.tailrace.server.api;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.Batches.only;
import static io.tailrace.server.Batches.produce;
import static io.tailrace.server.Batches.transactional;
import static io.tailrace.server.partition.TwoReplicas.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.replication.Replica;
import io.tailrace.server.RawClient;
import io.tailrace.server.partition.LeaderWrite;
import io.tailrace.server.partition.TopicTraffic;
import io.tailrace.server.partition.TwoReplicas;
import io.tailrace.server.transaction.TransactionVerifier;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Produce requests of transactional producers; the test plays the coordinator. */
class TransactionalProduceTest {
    private static final String ID = "orders";
    private static final int PRODUCER = 9;
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private TwoReplicas replicas;
    private ApiServer server;
    private RawClient client;

    private record Asked(TransactionVerifier.Question question, Consumer<Map<TopicPartition, ErrorCode>> answer) {
        void answer(ErrorCode error) {
            answer.accept(Map.of(PARTITION, error));
        }
    }

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        server = ApiServer.of(replicas, (question, answer) -> asked.add(new Asked(question, answer)));
        client = server.connect();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        replicas.close();
    }

    @Test
    void theFirstBatchWaitsForTheCoordinatorAndLaterOnesDoNot() throws Exception {
        client.send(inTransaction(0));
        Asked first = asked.take();
        assertThat(first.question().transactionalId()).isEqualTo(ID);
        assertThat(first.question().partitions()).containsExactly(PARTITION);
        assertThat(replicas.logEndOffset()).isZero();
        first.answer(ErrorCode.NONE);
        replicas.awaitAppended(1);
        replicas.followerFetches(1);
        assertThat(error()).isEqualTo(ErrorCode.NONE);

        client.send(inTransaction(1));
        replicas.awaitAppended(2);
        replicas.followerFetches(2);

        assertThat(error()).isEqualTo(ErrorCode.NONE);
        assertThat(asked).isEmpty();
    }

    @Test
    void aBatchThatWaitsKeepsItsRecords() throws Exception {
        client.send(inTransaction(0));
        Asked question = asked.take();
        // Connections of both threads receive into memory that was used before.
        for (int others = 1; others <= 4; others++) {
            try (RawClient other = server.connect()) {
                other.call(produce(TOPIC, 1, 0, batch("longer than the batch that waits")), ProduceResponse.class);
            }
        }

        question.answer(ErrorCode.NONE);
        replicas.awaitAppended(5);
        replicas.followerFetches(5);

        assertThat(error()).isEqualTo(ErrorCode.NONE);
        RecordBatch last = RecordBatch.at(replicas.log().read(4, 1000, 5, true).toBuffer());
        assertThat(last.producerId()).isEqualTo(PRODUCER);
    }

    @Test
    void laterRequestsOfTheConnectionWaitToo() throws Exception {
        client.send(inTransaction(0));
        Asked first = asked.take();
        client.send(inTransaction(1));
        awaitEarlierRequests();
        assertThat(asked).isEmpty();
        first.answer(ErrorCode.NONE);
        replicas.awaitAppended(6);
        replicas.followerFetches(6);

        assertThat(error()).isEqualTo(ErrorCode.NONE);
        assertThat(error()).isEqualTo(ErrorCode.NONE);
        assertThat(asked).isEmpty();
    }

    @Test
    void aBatchThatWaitedIsNoFailure() throws Exception {
        client.send(inTransaction(0));
        asked.take().answer(ErrorCode.NONE);
        replicas.awaitAppended(1);
        replicas.followerFetches(1);
        assertThat(error()).isEqualTo(ErrorCode.NONE);

        TopicTraffic traffic = replicas.partition().traffic();
        assertThat(traffic.count(TopicTraffic.Counter.PRODUCE_REQUESTS)).isEqualTo(1);
        assertThat(traffic.count(TopicTraffic.Counter.FAILED_PRODUCE_REQUESTS)).isZero();
    }

    @Test
    void nothingIsAppendedForAClientThatHasGone() throws Exception {
        client.send(inTransaction(0));
        Asked question = asked.take();
        client.close();
        await().until(() -> server.connections() == 0);

        question.answer(ErrorCode.NONE);
        client = server.connect();
        awaitEarlierRequests();

        assertThat(replicas.logEndOffset()).isEqualTo(4);
    }

    @Test
    void whatTheCoordinatorRefusesIsNotAppended() throws Exception {
        client.send(inTransaction(0));

        asked.take().answer(ErrorCode.INVALID_TXN_STATE);

        assertThat(error()).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(replicas.logEndOffset()).isZero();
    }

    @Test
    void aBatchThatWaitsWhileItsTransactionEndsIsVerifiedAgain() throws Exception {
        client.send(inTransaction(0));
        Asked question = asked.take();
        EndTransactionMarker marker = new EndTransactionMarker(PRODUCER, (short) 0, false, 0);
        replicas.partition().append(new LeaderWrite.Marker(marker, false), Replica.ANY_EPOCH, true);
        long end = replicas.logEndOffset();

        question.answer(ErrorCode.NONE);
        asked.take().answer(ErrorCode.TRANSACTION_ABORTABLE);

        assertThat(error()).isEqualTo(ErrorCode.TRANSACTION_ABORTABLE);
        assertThat(replicas.logEndOffset()).isEqualTo(end);
    }

    @Test
    void aBatchOfTheNextTransactionWaitsForTheMarkerOfTheOneBefore() throws Exception {
        client.send(inTransaction(0));
        asked.take().answer(ErrorCode.NONE);
        replicas.awaitAppended(1);
        client.send(of(ID, -1, transactional(PRODUCER, 1, 0, "b")));
        Asked early = asked.take();
        EndTransactionMarker marker = new EndTransactionMarker(PRODUCER, (short) 1, true, 0);
        replicas.partition().append(new LeaderWrite.Marker(marker, true), Replica.ANY_EPOCH, true);

        early.answer(ErrorCode.NONE);
        asked.take().answer(ErrorCode.NONE);

        replicas.awaitAppended(3);
        replicas.followerFetches(3);
        assertThat(error()).isEqualTo(ErrorCode.NONE);
        assertThat(error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aTransactionalIdAndTransactionalBatchesGoTogether() throws Exception {
        client.send(produce(TOPIC, -1, 0, transactional(PRODUCER, 0, 0, "a")));
        assertThat(error()).isEqualTo(ErrorCode.INVALID_TXN_STATE);

        client.send(of(ID, -1, batch("a")));
        assertThat(error()).isEqualTo(ErrorCode.INVALID_TXN_STATE);
    }

    @Test
    void aTransactionNeedsAllReplicas() throws Exception {
        client.send(of(ID, 1, transactional(PRODUCER, 0, 0, "a")));

        assertThat(error()).isEqualTo(ErrorCode.INVALID_REQUIRED_ACKS);
    }

    private static ProduceRequest inTransaction(int sequence) {
        return of(ID, -1, transactional(PRODUCER, 0, sequence, "a"));
    }

    private static ProduceRequest of(String transactionalId, int acks, ByteBuffer batch) {
        return new ProduceRequest(
                transactionalId,
                (short) acks,
                600_000,
                produce(TOPIC, acks, 600_000, batch).topics());
    }

    /** Others send four records, to both threads and behind all that either has to do. */
    private void awaitEarlierRequests() throws Exception {
        for (int others = 1; others <= 4; others++) {
            try (RawClient other = server.connect()) {
                other.call(produce(TOPIC, 1, 0, batch("of another client")), ProduceResponse.class);
            }
        }
    }

    private ErrorCode error() throws Exception {
        return only(client.receive(ProduceResponse.class)).errorCode();
    }
}
