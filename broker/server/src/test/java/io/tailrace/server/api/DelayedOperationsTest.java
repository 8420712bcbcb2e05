package io.tailrace.server.api;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.Batches.bytes;
import static io.tailrace.server.Batches.fetch;
import static io.tailrace.server.Batches.only;
import static io.tailrace.server.Batches.produce;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.replication.Event;
import io.tailrace.server.RawClient;
import io.tailrace.server.partition.TwoReplicas;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that must wait, with a leader whose follower the test plays. */
class DelayedOperationsTest {
    private static final String TOPIC = TwoReplicas.TOPIC;
    /** Longer than the client waits for an answer. */
    private static final int LONG_MS = 600_000;

    private TwoReplicas replicas;
    private ApiServer server;
    private RawClient client;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        server = ApiServer.of(replicas);
        client = server.connect();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        replicas.close();
    }

    @Test
    void produceWaitsForTheFollower() throws Exception {
        client.send(produce(TOPIC, -1, LONG_MS, batch("a", "b")));
        replicas.awaitAppended(2);
        replicas.followerFetches(2);

        ProduceResponse.Partition answer = only(client.receive(ProduceResponse.class));
        assertThat(answer.errorCode()).isEqualTo(ErrorCode.NONE);
        assertThat(answer.baseOffset()).isZero();
    }

    @Test
    void acksOneNeedsOnlyTheLeader() throws Exception {
        ProduceResponse answer = client.call(produce(TOPIC, 1, LONG_MS, batch("a")), ProduceResponse.class);

        assertThat(only(answer).errorCode()).isEqualTo(ErrorCode.NONE);
        assertThat(replicas.highWatermark()).isZero();
    }

    @Test
    void produceThatWaitsTooLongTimesOut() throws Exception {
        ProduceResponse answer = client.call(produce(TOPIC, -1, 30, batch("a")), ProduceResponse.class);

        assertThat(only(answer).errorCode()).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
        assertThat(replicas.logEndOffset()).as("the record stays in the log").isEqualTo(1);
        replicas.followerFetches(1);
        assertThat(only(client.call(produce(TOPIC, 1, 0, batch("b")), ProduceResponse.class))
                        .baseOffset())
                .as("the connection stays open")
                .isEqualTo(1);
    }

    @Test
    void waitingProduceFailsWhenLeadershipEnds() throws Exception {
        client.send(produce(TOPIC, -1, LONG_MS, batch("a")));
        replicas.awaitAppended(1);
        replicas.handle(new Event.SessionLost());

        assertThat(only(client.receive(ProduceResponse.class)).errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void fetchReturnsNothingAboveTheHighWatermark() throws Exception {
        client.call(produce(TOPIC, 1, LONG_MS, batch("a")), ProduceResponse.class);

        FetchResponse early = client.call(fetch(TOPIC, 0, 0, 1, 1000), FetchResponse.class);
        assertThat(bytes(early)).isZero();
        assertThat(only(early).highWatermark()).isZero();
    }

    @Test
    void longPollIsAnsweredWhenTheHighWatermarkMoves() throws Exception {
        client.call(produce(TOPIC, 1, LONG_MS, batch("a")), ProduceResponse.class);
        client.send(fetch(TOPIC, 0, LONG_MS, 1, 1000));
        replicas.awaitReader();
        replicas.followerFetches(1);

        assertThat(bytes(client.receive(FetchResponse.class))).isPositive();
    }

    @Test
    void extremeSizesAndWaitsAreCutToTheBrokersBounds() throws Exception {
        client.call(produce(TOPIC, 1, LONG_MS, batch("a")), ProduceResponse.class);
        replicas.followerFetches(1);

        int max = Integer.MAX_VALUE;
        assertThat(bytes(client.call(fetch(TOPIC, 0, 0, max, max), FetchResponse.class)))
                .isPositive();
        int min = Integer.MIN_VALUE;
        assertThat(bytes(client.call(fetch(TOPIC, 0, min, min, min), FetchResponse.class)))
                .as("the first batch is returned whole")
                .isPositive();
        client.send(fetch(TOPIC, 1, max, max, max));
        client.send(produce(TOPIC, -1, max, batch("b")));
        replicas.awaitReader();
        replicas.awaitAppended(2);
        client.close();
        replicas.awaitNobodyWaits();
    }

    @Test
    void fetchThatHoldsTooMuchMemoryDoesNotWait() throws Exception {
        List<FetchRequest.ForgottenTopic> many =
                Collections.nCopies(250_000, new FetchRequest.ForgottenTopic("", List.of()));
        FetchRequest small = fetch(TOPIC, 0, LONG_MS, 1, 1000);
        FetchRequest large = new FetchRequest(-1, LONG_MS, 1, 1000, (byte) 0, 0, -1, small.topics(), many, "", null);
        assertThat(bytes(client.call(large, FetchResponse.class))).isZero();
    }

    @Test
    void fetchOfTopicsWithoutPartitionsDoesNotWait() throws Exception {
        FetchRequest empty = new FetchRequest(-1, LONG_MS, 1, 1000, List.of(new FetchRequest.Topic(TOPIC, List.of())));
        assertThat(client.call(empty, FetchResponse.class).topics()).hasSize(1);
    }

    @Test
    void longPollWithTooFewBytesEndsAfterItsMaxWait() throws Exception {
        client.call(produce(TOPIC, 1, LONG_MS, batch("a")), ProduceResponse.class);
        replicas.followerFetches(1);
        long start = System.nanoTime();
        FetchResponse answer = client.call(fetch(TOPIC, 0, 200, 500, 1000), FetchResponse.class);

        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isGreaterThanOrEqualTo(199);
        assertThat(bytes(answer)).as("the bytes that are there").isPositive();
    }

    @Test
    void lostLeadershipEndsALongPoll() throws Exception {
        client.send(fetch(TOPIC, 0, LONG_MS, 1, 1000));
        replicas.awaitReader();
        replicas.handle(new Event.SessionLost());

        assertThat(only(client.receive(FetchResponse.class)).errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void answersKeepTheirOrderAroundALongPoll() throws Exception {
        client.send(produce(TOPIC, 1, LONG_MS, batch("a")));
        client.send(fetch(TOPIC, 0, LONG_MS, 1, 1000));
        client.send(produce(TOPIC, 1, LONG_MS, batch("b")));
        replicas.awaitAppended(2);
        replicas.followerFetches(2);

        assertThat(only(client.receive(ProduceResponse.class)).baseOffset()).isZero();
        assertThat(bytes(client.receive(FetchResponse.class))).isPositive();
        assertThat(only(client.receive(ProduceResponse.class)).baseOffset()).isEqualTo(1);
    }

    @Test
    void disconnectRemovesAllWaiters() throws Exception {
        client.send(fetch(TOPIC, 0, LONG_MS, 1, 1000));
        client.send(produce(TOPIC, -1, LONG_MS, batch("a")));
        replicas.awaitReader();
        replicas.awaitAppended(1);
        client.close();

        replicas.awaitNobodyWaits();
    }
}
