package io.tailrace.server.fetch;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.fetch.ManyPartitions.wanted;
import static io.tailrace.server.partition.TwoReplicas.FOLLOWER_EPOCH;
import static io.tailrace.server.partition.TwoReplicas.LEADER_EPOCH;
import static io.tailrace.server.partition.TwoReplicas.TOPIC_ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchRequest.ReplicaState;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.server.RawClient;
import io.tailrace.server.api.ApiServer;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.TwoReplicas;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fetches that name topics by id, as clients see them. */
@Timeout(300)
class FetchByIdTest {
    private static final short FIRST = 13;
    private static final short FIRST_WITH_REPLICA_STATE = 15;
    private static final short LAST = 18;
    private static final UUID OTHER_ID = new UUID(0, 8);
    private static final int LONGER_THAN_THE_TEST_MS = 600_000;
    private static final int BYTES_MAX = 100_000;

    private TwoReplicas replicas;
    private ManyPartitions partitions;
    private ApiServer server;
    private RawClient client;

    @BeforeEach
    void commitOneRecord(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        replicas.inCluster(TOPIC_ID);
        partitions = new ManyPartitions(replicas, 2);
        partitions.commit(0);
        server = ApiServer.of(replicas);
        client = server.connect();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        replicas.close();
    }

    @ParameterizedTest
    @ValueSource(shorts = {13, 14, 15, 16, 17, 18})
    void answerNamesTheTopicByItsId(short version) throws Exception {
        FetchResponse answer = client.call(request(topic(TOPIC_ID, 0, 1)), version, FetchResponse.class);

        FetchResponse.Topic only = answer.topics().get(0);
        assertThat(answer.topics()).hasSize(1);
        assertThat(only.topicId()).isEqualTo(TOPIC_ID);
        assertThat(only.partitions())
                .extracting(FetchResponse.Partition::partitionIndex)
                .containsExactly(0, 1);
        assertThat(bytes(only.partitions().get(0))).isPositive();
    }

    @Test
    void unknownIdIsAnsweredForItsPartitionsAlone() throws Exception {
        FetchResponse answer = client.call(
                request(topic(OTHER_ID, 0, 7), topic(new UUID(0, 0), 0), topic(TOPIC_ID, 0, 99)),
                LAST,
                FetchResponse.class);

        assertThat(answer.topics())
                .extracting(FetchResponse.Topic::topicId)
                .containsExactly(OTHER_ID, new UUID(0, 0), TOPIC_ID);
        assertThat(errors(answer))
                .containsExactly(
                        ErrorCode.UNKNOWN_TOPIC_ID,
                        ErrorCode.UNKNOWN_TOPIC_ID,
                        ErrorCode.UNKNOWN_TOPIC_ID,
                        ErrorCode.NONE,
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(bytes(answer.topics().get(2).partitions().get(0))).isPositive();
    }

    @Test
    void logOfTheEarlierTopicIsNotReadByTheNewId() throws Exception {
        replicas.inCluster(OTHER_ID);

        assertThat(errors(client.call(request(topic(OTHER_ID, 0)), LAST, FetchResponse.class)))
                .containsExactly(ErrorCode.INCONSISTENT_TOPIC_ID);
    }

    @Test
    void topicThatIsCreatedAgainIsUnknownByItsFormerId() throws Exception {
        int session = open(topic(TOPIC_ID, 0, 1));
        client.send(inSession(session, 1).maxWait(LONGER_THAN_THE_TEST_MS).request(), LAST);
        replicas.inCluster(OTHER_ID);
        replicas.delete(replicas.partition());

        assertThat(errors(client.receive(FetchResponse.class))).containsExactly(ErrorCode.UNKNOWN_TOPIC_ID);
        createAgain();
        assertThat(errors(client.call(inSession(session, 2).request(), LAST, FetchResponse.class)))
                .containsExactly(ErrorCode.UNKNOWN_TOPIC_ID);
        FetchResponse byNewId = client.call(
                inSession(session, 3)
                        .forgetting(new FetchRequest.ForgottenTopic("", TOPIC_ID, List.of(0)))
                        .naming(topic(OTHER_ID, 0))
                        .request(),
                LAST,
                FetchResponse.class);
        assertThat(errors(byNewId)).containsExactly(ErrorCode.NONE);
        assertThat(byNewId.topics().get(0).topicId()).isEqualTo(OTHER_ID);
    }

    private void createAgain() throws IOException {
        Partition again = replicas.openLeader(0, OTHER_ID, LEADER_EPOCH);
        again.append(batch("b"), LEADER_EPOCH, false);
        TwoReplicas.followerFetches(again, 1);
    }

    @Test
    void topicThatBecomesKnownIsReadInTheSameSession() throws Exception {
        replicas.inCluster(OTHER_ID);
        int session = client.call(inSession(0, 0).naming(topic(TOPIC_ID, 0)).request(), LAST, FetchResponse.class)
                .sessionId();
        replicas.inCluster(TOPIC_ID);

        FetchResponse next = client.call(inSession(session, 1).request(), LAST, FetchResponse.class);
        assertThat(errors(next)).containsExactly(ErrorCode.NONE);
        assertThat(bytes(next.topics().get(0).partitions().get(0))).isPositive();
    }

    @Test
    void sessionDoesNotSwitchFromIdsToNames() throws Exception {
        int session = open(topic(TOPIC_ID, 0, 1));
        FetchRequest next = inSession(session, 1).request();

        FetchResponse refused = client.call(next, (short) (FIRST - 1), FetchResponse.class);
        assertThat(refused.errorCode()).isEqualTo(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
        assertThat(refused.topics()).isEmpty();
        assertThat(client.call(next, FIRST, FetchResponse.class).errorCode()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void sessionDoesNotSwitchFromNamesToIds() throws Exception {
        FetchRequest byName = new FetchRequest(-1, 0, 1, BYTES_MAX, wanted(0, 0, 1));
        int session = client.call(byName.inSession(0, 0, List.of()), FetchResponse.class)
                .sessionId();

        assertThat(client.call(inSession(session, 1).request(), FIRST, FetchResponse.class)
                        .errorCode())
                .isEqualTo(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
    }

    @Test
    void partitionNamedTwiceIsRefused() throws Exception {
        FetchResponse answer = client.call(request(topic(TOPIC_ID, 0), topic(TOPIC_ID, 0)), LAST, FetchResponse.class);

        assertThat(errors(answer)).containsExactly(ErrorCode.INVALID_REQUEST, ErrorCode.INVALID_REQUEST);
        assertThat(answer.topics().get(0).topicId()).isEqualTo(TOPIC_ID);
    }

    @Test
    void toolThatComparesReplicasReadsFromAFollower() throws Exception {
        replicas.elect(2, LEADER_EPOCH + 1);
        FetchRequest consumer = request(topic(TOPIC_ID, 0));

        assertThat(errors(client.call(by(new ReplicaState(-2, -1), consumer), LAST, FetchResponse.class)))
                .containsExactly(ErrorCode.NONE);
        assertThat(errors(client.call(consumer, LAST, FetchResponse.class)))
                .containsExactly(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void followersFetchAcknowledgesByItsReplicaState() throws Exception {
        partitions.append(1);
        FetchRequest.Partition part = new FetchRequest.Partition(1, LEADER_EPOCH, 1, LEADER_EPOCH, 0, BYTES_MAX);
        FetchRequest fetch = request(new FetchRequest.Topic("", TOPIC_ID, List.of(part)));
        client.call(by(new ReplicaState(2, FOLLOWER_EPOCH - 1), fetch), FIRST_WITH_REPLICA_STATE, FetchResponse.class);
        assertThat(partitions.get(1).replica().log().highWatermark()).isZero();

        client.call(by(new ReplicaState(2, FOLLOWER_EPOCH), fetch), FIRST_WITH_REPLICA_STATE, FetchResponse.class);
        assertThat(partitions.get(1).replica().log().highWatermark()).isEqualTo(1);
    }

    /** Opens a session and lets the client read everything. */
    private int open(FetchRequest.Topic... topics) throws Exception {
        List<FetchRequest.Topic> atEnd = Arrays.stream(topics)
                .map(topic -> new FetchRequest.Topic(
                        "",
                        topic.topicId(),
                        topic.partitions().stream()
                                .map(part -> part(
                                        part.partition(),
                                        partitions.get(part.partition()).logEndOffset()))
                                .toList()))
                .toList();
        FetchResponse first =
                client.call(new InSession(0, 0, 0, atEnd, List.of()).request(), LAST, FetchResponse.class);
        assertThat(first.sessionId()).isPositive();
        return first.sessionId();
    }

    private static InSession inSession(int session, int epoch) {
        return new InSession(session, epoch, 0, List.of(), List.of());
    }

    /** A fetch in a session. */
    private record InSession(
            int session,
            int epoch,
            int maxWaitMs,
            List<FetchRequest.Topic> topics,
            List<FetchRequest.ForgottenTopic> forgotten) {
        InSession maxWait(int ms) {
            return new InSession(session, epoch, ms, topics, forgotten);
        }

        InSession naming(FetchRequest.Topic topic) {
            return new InSession(session, epoch, maxWaitMs, List.of(topic), forgotten);
        }

        InSession forgetting(FetchRequest.ForgottenTopic topic) {
            return new InSession(session, epoch, maxWaitMs, topics, List.of(topic));
        }

        FetchRequest request() {
            return new FetchRequest(-1, maxWaitMs, 1, BYTES_MAX, topics).inSession(session, epoch, forgotten);
        }
    }

    private static FetchRequest request(FetchRequest.Topic... topics) {
        return new FetchRequest(-1, 0, 1, BYTES_MAX, List.of(topics));
    }

    private static FetchRequest by(ReplicaState replica, FetchRequest fetch) {
        return new FetchRequest(
                -1,
                fetch.maxWaitMs(),
                fetch.minBytes(),
                fetch.maxBytes(),
                fetch.isolationLevel(),
                fetch.sessionId(),
                fetch.sessionEpoch(),
                fetch.topics(),
                fetch.forgottenTopics(),
                fetch.rackId(),
                fetch.clusterId(),
                -1,
                replica);
    }

    private static FetchRequest.Topic topic(UUID id, int... indexes) {
        return new FetchRequest.Topic(
                "", id, Arrays.stream(indexes).mapToObj(index -> part(index, 0)).toList());
    }

    private static FetchRequest.Partition part(int index, long offset) {
        return new FetchRequest.Partition(index, -1, offset, -1, -1, BYTES_MAX);
    }

    private static List<ErrorCode> errors(FetchResponse answer) {
        assertThat(answer.errorCode()).isEqualTo(ErrorCode.NONE);
        List<ErrorCode> errors = new ArrayList<>();
        answer.topics().forEach(topic -> topic.partitions().forEach(part -> errors.add(part.errorCode())));
        return errors;
    }

    private static int bytes(FetchResponse.Partition part) {
        RecordsPayload records = part.records();
        return records == null ? 0 : records.sizeInBytes();
    }
}
