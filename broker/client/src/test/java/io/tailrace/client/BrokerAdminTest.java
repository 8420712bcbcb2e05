package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.CreatePartitionsResponse;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.DeleteRecordsResponse;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import io.tailrace.protocol.message.ListPartitionReassignmentsResponse;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.OffsetForLeaderEpochResponse;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Changes whose answers are lost, and changes that cannot be made. */
class BrokerAdminTest {
    private static final ErrorCode LOST = ErrorCode.NETWORK_EXCEPTION;

    private final ScriptedNetwork cluster = new ScriptedNetwork();
    /** The outcome of each request, in order. All of them must be used. */
    private final Queue<Function<Request<?>, CompletableFuture<Response>>> script = new ArrayDeque<>();

    private final Network network = new Network() {
        @Override
        @SuppressWarnings("unchecked") // a test answers each request with its response type
        public <R extends Response> CompletableFuture<R> send(
                InetSocketAddress broker, Request<R> request, int timeoutMs) {
            return request instanceof MetadataRequest
                    ? cluster.send(broker, request, timeoutMs)
                    : (CompletableFuture<R>) script.remove().apply(request);
        }

        @Override
        public void close() {}
    };
    private final ClusterAdmin admin = new BrokerAdmin(
            ClientConfig.builder()
                    .bootstrapServers("broker:1")
                    .retryBackoffMs(1)
                    .build(),
            network,
            Time.SYSTEM);

    BrokerAdminTest() {
        cluster.lead(1, new TopicPartition("t", 0));
    }

    private void lose() {
        script.add(request -> CompletableFuture.failedFuture(new ClientException(LOST, "scripted")));
    }

    private void answer(Response response) {
        script.add(request -> CompletableFuture.completedFuture(response));
    }

    private static CreateTopicsResponse created(ErrorCode error) {
        return new CreateTopicsResponse(0, List.of(CreateTopicsResponse.Topic.failed("t", error, null)));
    }

    private static DeleteTopicsResponse.Topic deleted(String topic, ErrorCode error) {
        return new DeleteTopicsResponse.Topic(topic, new UUID(0, 0), error, null);
    }

    private static NewTopic topic() {
        return new NewTopic("t", OptionalInt.of(1), OptionalInt.of(1), Map.of());
    }

    private void expectFailure(ErrorCode error, Runnable change) {
        assertThatThrownBy(change::run)
                .isInstanceOfSatisfying(ClientException.class, failure -> assertThat(failure.errorCode())
                        .isEqualTo(error));
        assertThat(script).isEmpty();
    }

    private static DeleteRecordsResponse deletedRecords(long lowWatermark, ErrorCode error) {
        return new DeleteRecordsResponse(
                0,
                List.of(new DeleteRecordsResponse.Topic(
                        "t", List.of(new DeleteRecordsResponse.Partition(0, lowWatermark, error)))));
    }

    @Test
    void deletionOfRecordsIsRepeatedUntilAllReplicasHaveFollowed() {
        lose();
        answer(deletedRecords(-1, ErrorCode.NOT_LEADER_OR_FOLLOWER));
        answer(deletedRecords(-1, ErrorCode.REQUEST_TIMED_OUT));
        answer(deletedRecords(5, ErrorCode.NONE));
        TopicPartition partition = new TopicPartition("t", 0);
        assertThat(admin.deleteRecords(Map.of(partition, 5L))).isEqualTo(Map.of(partition, 5L));
        assertThat(script).isEmpty();
    }

    @Test
    void recordsThatCannotBeDeletedAreAnError() {
        answer(deletedRecords(-1, ErrorCode.POLICY_VIOLATION));
        expectFailure(ErrorCode.POLICY_VIOLATION, () -> admin.deleteRecords(Map.of(new TopicPartition("t", 0), 5L)));
        expectFailure(
                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                () -> admin.deleteRecords(Map.of(new TopicPartition("t", 1), 5L)));
    }

    @Test
    void topicThatExistsIsAnError() {
        answer(created(ErrorCode.TOPIC_ALREADY_EXISTS));
        expectFailure(ErrorCode.TOPIC_ALREADY_EXISTS, () -> admin.createTopic(topic()));
    }

    @Test
    void topicThatExistsAfterALostAnswerWasCreatedByTheLostRequest() {
        lose();
        answer(created(ErrorCode.TOPIC_ALREADY_EXISTS));
        admin.createTopic(topic());
        assertThat(script).isEmpty();
    }

    @Test
    void topicThatIsStillBeingCreatedMayExistAtTheNextAttempt() {
        answer(created(ErrorCode.REQUEST_TIMED_OUT));
        answer(created(ErrorCode.TOPIC_ALREADY_EXISTS));
        admin.createTopic(topic());
        assertThat(script).isEmpty();
    }

    @Test
    void topicThatExistsAfterARefusalIsAnError() {
        answer(created(ErrorCode.NOT_CONTROLLER));
        answer(created(ErrorCode.TOPIC_ALREADY_EXISTS));
        expectFailure(ErrorCode.TOPIC_ALREADY_EXISTS, () -> admin.createTopic(topic()));
    }

    @Test
    void topicThatDoesNotExistFailsWithoutRetry() {
        answer(new DeleteTopicsResponse(0, List.of(deleted("t", ErrorCode.UNKNOWN_TOPIC_OR_PARTITION))));
        expectFailure(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, () -> admin.deleteTopics(List.of("t")));
    }

    @Test
    void topicThatAnEarlierAttemptDeletedIsNoError() {
        answer(new DeleteTopicsResponse(
                0, List.of(deleted("a", ErrorCode.NONE), deleted("b", ErrorCode.NOT_CONTROLLER))));
        answer(new DeleteTopicsResponse(
                0, List.of(deleted("a", ErrorCode.UNKNOWN_TOPIC_OR_PARTITION), deleted("b", ErrorCode.NONE))));
        admin.deleteTopics(List.of("a", "b"));
        assertThat(script).isEmpty();
    }

    @Test
    void partitionsThatALostRequestAddedAreNoError() {
        lose();
        answer(new CreatePartitionsResponse(
                0, List.of(new CreatePartitionsResponse.Result("t", ErrorCode.INVALID_PARTITIONS, null))));
        admin.createPartitions("t", 1);
        assertThat(script).isEmpty();
    }

    @Test
    void reassignmentsAreReportedWhileThereIsNoController() {
        cluster.controllerId = -1;
        answer(new ListPartitionReassignmentsResponse(0, ErrorCode.NONE, null, List.of()));
        assertThat(admin.reassignments()).isEmpty();
    }

    @Test
    void invalidCountsAreRefused() {
        assertThatThrownBy(() -> new NewTopic("t", OptionalInt.of(0), OptionalInt.empty(), Map.of()))
                .hasMessage("partitions: expected 1 to 2147483647, found 0");
        assertThatThrownBy(() -> new NewTopic("t", OptionalInt.empty(), OptionalInt.of(65_537), Map.of()))
                .hasMessage("replication factor: expected 1 to 32767, found 65537");
    }

    @Test
    void asksAgainForTheEndOfAnEpochWhileTheLeaderIsNew() {
        TopicPartition partition = new TopicPartition("t", 0);
        answer(epochEnd(ErrorCode.OFFSET_NOT_AVAILABLE, -1));
        answer(epochEnd(ErrorCode.NONE, 17));

        assertThat(admin.epochEnds(Map.of(partition, 3))).isEqualTo(Map.of(partition, 17L));
        assertThat(script).isEmpty();
    }

    private static OffsetForLeaderEpochResponse epochEnd(ErrorCode error, long offset) {
        return new OffsetForLeaderEpochResponse(
                0,
                List.of(new OffsetForLeaderEpochResponse.Topic(
                        "t", List.of(new OffsetForLeaderEpochResponse.Partition(error, 0, 3, offset)))));
    }
}
