package io.tailrace.server.fetch;

import static io.tailrace.server.fetch.ManyPartitions.followed;
import static io.tailrace.server.fetch.ManyPartitions.wanted;
import static io.tailrace.server.partition.TwoReplicas.FOLLOWER_EPOCH;
import static io.tailrace.server.partition.TwoReplicas.LEADER_EPOCH;
import static io.tailrace.server.partition.TwoReplicas.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.replication.Event;
import io.tailrace.server.RawClient;
import io.tailrace.server.api.ApiServer;
import io.tailrace.server.partition.TwoReplicas;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fetch sessions as clients see them. */
@Timeout(300)
class FetchSessionTest {
    private static final int PARTITIONS = 5;
    private static final int LONGER_THAN_THE_TEST_MS = 600_000;

    private TwoReplicas replicas;
    private ManyPartitions partitions;
    private ApiServer server;
    private RawClient client;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        partitions = new ManyPartitions(replicas, PARTITIONS);
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
    void firstAnswerHasAllPartitionsAndTheNextOnesWhatChanged() throws Exception {
        int session = open();
        assertThat(partitionsOf(next(session, 1, List.of()))).isEmpty();
        partitions.commit(2);

        FetchResponse.Partition changed =
                partitionsOf(next(session, 2, List.of())).get(0);
        assertThat(changed.partitionIndex()).isEqualTo(2);
        assertThat(changed.highWatermark()).isEqualTo(1);
        assertThat(bytes(changed)).isPositive();
        assertThat(partitionsOf(next(session, 3, wanted(1, 2)))).isEmpty();
    }

    @Test
    void waitingFetchIsAnsweredWithThePartitionThatChanged() throws Exception {
        int session = open();
        client.send(request(session, 1, LONGER_THAN_THE_TEST_MS, List.of(), List.of()));
        partitions.commit(3);

        assertThat(indexes(client.receive(FetchResponse.class))).containsExactly(3);
    }

    @Test
    void leaderChangeEndsTheWait() throws Exception {
        int session = open();
        client.send(request(session, 1, LONGER_THAN_THE_TEST_MS, List.of(), List.of()));
        replicas.handle(new Event.SessionLost());

        FetchResponse answer = client.receive(FetchResponse.class);
        assertThat(indexes(answer)).containsExactly(0);
        assertThat(partitionsOf(answer).get(0).errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void leaseThatEndsEndsTheWait() throws Exception {
        int session = open();
        client.send(request(session, 1, LONGER_THAN_THE_TEST_MS, List.of(), List.of()));
        replicas.lease(false);
        replicas.partition().leaseEnded();

        assertThat(indexes(client.receive(FetchResponse.class))).containsExactly(0);
    }

    @Test
    void oneAppendAnswersAThousandWaitingFetches() throws Exception {
        int connections = 99;
        int each = 10;
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                RawClient consumer = server.connect();
                clients.add(consumer);
                for (int j = 0; j < each; j++) {
                    consumer.send(request(0, -1, LONGER_THAN_THE_TEST_MS, wanted(0, 0), List.of()));
                }
            }
            await().until(() -> TwoReplicas.readers(replicas.partition()) == connections * each);
            partitions.commit(0);
            for (RawClient consumer : clients) {
                for (int j = 0; j < each; j++) {
                    assertThat(bytes(partitionsOf(consumer.receive(FetchResponse.class))
                                    .get(0)))
                            .isPositive();
                }
            }
        } finally {
            for (RawClient consumer : clients) {
                consumer.close();
            }
        }
    }

    @Test
    void sessionContinuesOnAnotherConnection() throws Exception {
        int session = open();
        client.close();
        partitions.commit(1);
        client = server.connect();

        assertThat(indexes(next(session, 1, List.of()))).containsExactly(1);
    }

    @Test
    void sessionWhoseConnectionBreaksDuringAWaitIsFreeAgain() throws Exception {
        int session = open();
        client.send(request(session, 1, LONGER_THAN_THE_TEST_MS, List.of(), List.of()));
        client.close();
        client = server.connect();
        await().until(() -> next(session, 2, List.of()).errorCode() == ErrorCode.NONE);
    }

    @Test
    void wrongEpochsAndUnknownSessionsAreRefused() throws Exception {
        int session = open();
        assertThat(next(session, 2, List.of()).errorCode()).isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        assertThat(next(session + 1, 1, List.of()).errorCode()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(next(session, 1, List.of()).errorCode()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void finalEpochClosesTheSession() throws Exception {
        int session = open();
        FetchResponse last = next(session, -1, wanted(0, 0));
        assertThat(last.sessionId()).isZero();
        assertThat(indexes(last)).containsExactly(0);

        assertThat(next(session, 1, List.of()).errorCode()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        replicas.awaitNobodyWaits();
    }

    @Test
    void newSessionClosesTheOneThatItNames() throws Exception {
        int first = open();
        int second = next(first, 0, partitions.wanted()).sessionId();
        assertThat(second).isNotEqualTo(first).isPositive();
        assertThat(next(first, 1, List.of()).errorCode()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(TwoReplicas.readers(replicas.partition())).isEqualTo(1);
    }

    @Test
    void sessionThatForgetsEverythingIsClosed() throws Exception {
        int session = open();
        FetchResponse answer = client.call(
                request(
                        session,
                        1,
                        LONGER_THAN_THE_TEST_MS,
                        List.of(),
                        List.of(new FetchRequest.ForgottenTopic(TOPIC, List.of(0, 1, 2, 3, 4)))),
                FetchResponse.class);
        assertThat(answer.sessionId()).isZero();
        assertThat(answer.topics()).isEmpty();
        replicas.awaitNobodyWaits();
    }

    @Test
    void fetchOutsideSessionsLeavesNothingBehind() throws Exception {
        client.call(request(0, -1, 1, partitions.wanted(), List.of()), FetchResponse.class);
        replicas.awaitNobodyWaits();
    }

    @Test
    void idlePartitionOfAFollowerStaysAcknowledged() throws Exception {
        partitions.append(0);
        int session = client.call(follower(0, 0, followed(0, 0, 1, 2, 3, 4)), FetchResponse.class)
                .sessionId();
        client.call(follower(session, 1, followed(1, 0)), FetchResponse.class);
        assertThat(replicas.highWatermark()).isEqualTo(1);
        FetchResponse next = client.call(follower(session, 2, List.of()), FetchResponse.class);
        assertThat(partitionsOf(next)).isEmpty();
        partitions.append(1);
        FetchResponse other = client.call(follower(session, 3, List.of()), FetchResponse.class);

        assertThat(indexes(other)).containsExactly(1);
        assertThat(replicas.highWatermark()).isEqualTo(1);
    }

    @Test
    void fetchThatCameBeforeTheFollowersRegistrationCountsOnceThatIsKnown() throws Exception {
        partitions.append(0);
        replicas.followerIsGone();
        int session =
                client.call(follower(0, 0, followed(1, 0)), FetchResponse.class).sessionId();
        assertThat(replicas.highWatermark()).isZero();
        replicas.followerIsBack();
        client.call(follower(session, 1, List.of()), FetchResponse.class);

        assertThat(replicas.highWatermark()).isEqualTo(1);
    }

    private static FetchRequest follower(int session, int epoch, List<FetchRequest.Topic> topics) {
        return FetchRequest.ofFollower(2, FOLLOWER_EPOCH, 0, 1, 100_000, topics).inSession(session, epoch, List.of());
    }

    @Test
    void followerInAnEarlierLeaderEpochIsFenced() throws Exception {
        int session = client.call(follower(0, 0, followed(0, 0, 1)), FetchResponse.class)
                .sessionId();
        replicas.elect(1, LEADER_EPOCH + 1);
        FetchResponse answer = client.call(follower(session, 1, List.of()), FetchResponse.class);

        assertThat(indexes(answer)).containsExactly(0);
        assertThat(partitionsOf(answer).get(0).errorCode()).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
    }

    /** Opens a session with all partitions and returns its id. */
    private int open() throws Exception {
        FetchResponse first = next(0, 0, partitions.wanted());
        assertThat(first.sessionId()).isPositive();
        assertThat(indexes(first)).containsExactly(0, 1, 2, 3, 4);
        return first.sessionId();
    }

    private FetchResponse next(int session, int epoch, List<FetchRequest.Topic> topics) throws Exception {
        return client.call(request(session, epoch, 0, topics, List.of()), FetchResponse.class);
    }

    private static FetchRequest request(
            int session,
            int epoch,
            int waitMs,
            List<FetchRequest.Topic> topics,
            List<FetchRequest.ForgottenTopic> forgotten) {
        return new FetchRequest(-1, waitMs, 1, 100_000, topics).inSession(session, epoch, forgotten);
    }

    private static List<FetchResponse.Partition> partitionsOf(FetchResponse answer) {
        assertThat(answer.errorCode()).isEqualTo(ErrorCode.NONE);
        return answer.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .toList();
    }

    private static List<Integer> indexes(FetchResponse answer) {
        return partitionsOf(answer).stream()
                .map(FetchResponse.Partition::partitionIndex)
                .toList();
    }

    private static int bytes(FetchResponse.Partition part) {
        RecordsPayload records = part.records();
        return records == null ? 0 : records.sizeInBytes();
    }
}
