package io.tailrace.server.api;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.Batches.produce;
import static io.tailrace.server.partition.TwoReplicas.LEADER_EPOCH;
import static io.tailrace.server.partition.TwoReplicas.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteRecordsRequest;
import io.tailrace.protocol.message.DeleteRecordsResponse;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.server.RawClient;
import io.tailrace.server.partition.TwoReplicas;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Deletes records of a partition with three of them, all acknowledged. */
@Timeout(300)
class DeleteRecordsTest {
    private static final int LONG_MS = 60_000;
    private static final int LONGER_THAN_THE_TEST_MS = 600_000;

    private final Path directory;
    private TwoReplicas replicas;
    private ApiServer server;
    private RawClient client;

    DeleteRecordsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void start() throws Exception {
        open(Map.of());
    }

    private void open(Map<String, String> configs) throws Exception {
        replicas = new TwoReplicas(directory, configs, 0, Runnable::run);
        server = new ApiServer(
                new ProduceHandler(replicas.partitions(), ApiServer.NO_TRANSACTIONS, replicas.clocks()),
                new DeleteRecordsHandler(replicas.partitions()));
        client = server.connect();
        client.call(produce(TOPIC, 1, LONG_MS, batch("a", "b", "c")), ProduceResponse.class);
        replicas.followerFetches(3);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        replicas.close();
    }

    @Test
    void answersOnceTheOtherReplicaHasFollowed() throws Exception {
        client.send(request(2, LONGER_THAN_THE_TEST_MS));
        replicas.awaitWaiterForReplicas();
        assertThat(replicas.partition().logStartOffset()).isEqualTo(2);
        replicas.followerFetches(3, 1);
        assertThat(replicas.partition().replica().log().startOffset()).isEqualTo(2);

        replicas.followerFetches(3, 2);

        assertThat(only(client.receive(DeleteRecordsResponse.class)))
                .isEqualTo(new DeleteRecordsResponse.Partition(0, 2, ErrorCode.NONE));
    }

    @Test
    void minusOneIsTheHighWatermark() throws Exception {
        client.call(produce(TOPIC, 1, LONG_MS, batch("not acknowledged")), ProduceResponse.class);
        replicas.followerFetches(3, 3);

        assertThat(ask(DeleteRecordsRequest.HIGH_WATERMARK))
                .isEqualTo(new DeleteRecordsResponse.Partition(0, 3, ErrorCode.NONE));
        assertThat(replicas.logEndOffset()).isEqualTo(4);
    }

    @Test
    void lowerOffsetThanTheLogStartIsDoneAlready() throws Exception {
        replicas.followerFetches(3, 2);
        client.call(request(2, LONG_MS), DeleteRecordsResponse.class);

        assertThat(ask(1)).isEqualTo(new DeleteRecordsResponse.Partition(0, 2, ErrorCode.NONE));
        assertThat(replicas.partition().logStartOffset()).isEqualTo(2);
    }

    @Test
    void offsetsOutsideTheAcknowledgedPartAreRefused() throws Exception {
        client.call(produce(TOPIC, 1, LONG_MS, batch("not acknowledged")), ProduceResponse.class);

        assertThat(ask(4)).isEqualTo(refused(ErrorCode.OFFSET_OUT_OF_RANGE));
        assertThat(ask(-2)).isEqualTo(refused(ErrorCode.OFFSET_OUT_OF_RANGE));
        assertThat(replicas.partition().logStartOffset()).isZero();
    }

    @Test
    void timesOutIfTheOtherReplicaDoesNotFollow() throws Exception {
        assertThat(only(client.call(request(2, 1), DeleteRecordsResponse.class)))
                .isEqualTo(refused(ErrorCode.REQUEST_TIMED_OUT));
        assertThat(replicas.partition().logStartOffset())
                .as("the leader's records are deleted")
                .isEqualTo(2);
        replicas.awaitNobodyWaits();
    }

    @Test
    void endOfLeadershipEndsTheWait() throws Exception {
        client.send(request(2, LONGER_THAN_THE_TEST_MS));
        replicas.awaitWaiterForReplicas();

        replicas.elect(2, LEADER_EPOCH + 1);

        assertThat(only(client.receive(DeleteRecordsResponse.class)))
                .isEqualTo(refused(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        assertThat(ask(2)).isEqualTo(refused(ErrorCode.NOT_LEADER_OR_FOLLOWER));
    }

    @Test
    void endOfTheLeaseEndsTheWait() throws Exception {
        client.send(request(2, LONGER_THAN_THE_TEST_MS));
        replicas.awaitWaiterForReplicas();

        replicas.lease(false);
        replicas.partition().leaseEnded();

        assertThat(only(client.receive(DeleteRecordsResponse.class)))
                .isEqualTo(refused(ErrorCode.NOT_LEADER_OR_FOLLOWER));
    }

    @Test
    void disconnectEndsTheWait() throws Exception {
        client.send(request(2, LONGER_THAN_THE_TEST_MS));
        replicas.awaitWaiterForReplicas();

        client.close();

        replicas.awaitNobodyWaits();
    }

    @Test
    void compactedTopicRefuses() throws Exception {
        stop();
        open(Map.of("cleanup.policy", "compact"));
        assertThat(ask(0)).isEqualTo(refused(ErrorCode.POLICY_VIOLATION));
        stop();
        open(Map.of("cleanup.policy", "compact,delete"));
        assertThat(ask(0)).isEqualTo(new DeleteRecordsResponse.Partition(0, 0, ErrorCode.NONE));
    }

    @Test
    void unknownRepeatedAndInternalPartitionsAreRefusedOneByOne() throws Exception {
        replicas.followerFetches(3, 1);
        DeleteRecordsRequest request = new DeleteRecordsRequest(
                List.of(
                        new DeleteRecordsRequest.Topic(
                                TOPIC,
                                List.of(
                                        new DeleteRecordsRequest.Partition(0, 1),
                                        new DeleteRecordsRequest.Partition(0, 2),
                                        new DeleteRecordsRequest.Partition(7, 1))),
                        new DeleteRecordsRequest.Topic(
                                "__consumer_offsets", List.of(new DeleteRecordsRequest.Partition(0, 0)))),
                LONG_MS);

        DeleteRecordsResponse answer = client.call(request, DeleteRecordsResponse.class);

        assertThat(answer.topics().get(0).partitions())
                .containsExactly(
                        new DeleteRecordsResponse.Partition(0, 1, ErrorCode.NONE),
                        refused(ErrorCode.INVALID_REQUEST),
                        new DeleteRecordsResponse.Partition(7, -1, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
        assertThat(answer.topics().get(1).partitions()).containsExactly(refused(ErrorCode.INVALID_TOPIC_EXCEPTION));
    }

    private DeleteRecordsResponse.Partition ask(long offset) throws Exception {
        return only(client.call(request(offset, LONG_MS), DeleteRecordsResponse.class));
    }

    private static DeleteRecordsRequest request(long offset, int timeoutMs) {
        return new DeleteRecordsRequest(
                List.of(new DeleteRecordsRequest.Topic(TOPIC, List.of(new DeleteRecordsRequest.Partition(0, offset)))),
                timeoutMs);
    }

    private static DeleteRecordsResponse.Partition only(DeleteRecordsResponse answer) {
        return answer.topics().get(0).partitions().get(0);
    }

    private static DeleteRecordsResponse.Partition refused(ErrorCode error) {
        return new DeleteRecordsResponse.Partition(0, -1, error);
    }
}
