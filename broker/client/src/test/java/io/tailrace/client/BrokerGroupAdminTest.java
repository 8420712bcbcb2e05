package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ConsumerGroupDescribeRequest;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse;
import io.tailrace.protocol.message.DeleteGroupsRequest;
import io.tailrace.protocol.message.DeleteGroupsResponse;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.protocol.message.DescribeConfigsResponse;
import io.tailrace.protocol.message.DescribeGroupsRequest;
import io.tailrace.protocol.message.DescribeGroupsResponse;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsResponse;
import io.tailrace.protocol.message.ListGroupsRequest;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Coordinators that move, load, or do not have the consumer protocol. */
class BrokerGroupAdminTest {
    private static final TopicPartition T_0 = new TopicPartition("t", 0);

    /** The requests that are expected, in order, each with its broker and its outcome. All of them must come. */
    private final Queue<Step> script = new ArrayDeque<>();

    private record Step(
            int broker, Class<? extends Request<?>> type, Function<Request<?>, CompletableFuture<Response>> outcome) {}

    private final Network network = new Network() {
        private final ScriptedNetwork cluster = new ScriptedNetwork();

        @Override
        @SuppressWarnings("unchecked") // a test answers each request with its response type
        public <R extends Response> CompletableFuture<R> send(
                InetSocketAddress broker, Request<R> request, int timeoutMs) {
            if (request instanceof MetadataRequest) {
                return cluster.send(broker, request, timeoutMs);
            }
            Step step = script.remove();
            assertThat(request).isInstanceOf(step.type());
            assertThat(broker).as("broker of %s", request).isEqualTo(ScriptedNetwork.address(step.broker()));
            return (CompletableFuture<R>) step.outcome().apply(request);
        }

        @Override
        public void close() {}
    };
    private final GroupAdmin admin = new BrokerGroupAdmin(
            ClientConfig.builder()
                    .bootstrapServers("broker:1")
                    .retryBackoffMs(1)
                    .build(),
            network,
            Time.SYSTEM);

    @AfterEach
    void expectNoMore() {
        assertThat(script).isEmpty();
    }

    private void answer(int broker, Class<? extends Request<?>> type, Response response) {
        script.add(new Step(broker, type, request -> CompletableFuture.completedFuture(response)));
    }

    private void fail(int broker, Class<? extends Request<?>> type, ErrorCode error) {
        script.add(new Step(
                broker, type, request -> CompletableFuture.failedFuture(new ClientException(error, "scripted"))));
    }

    private void find(ErrorCode error, int coordinator) {
        answer(
                1,
                FindCoordinatorRequest.class,
                new FindCoordinatorResponse(
                        0,
                        ErrorCode.NONE,
                        null,
                        -1,
                        "",
                        -1,
                        List.of(new FindCoordinatorResponse.Coordinator(
                                "g", coordinator, "broker", coordinator, error, null))));
    }

    private static ConsumerGroupDescribeResponse consumerGroup(ErrorCode error) {
        return new ConsumerGroupDescribeResponse(
                0,
                List.of(new ConsumerGroupDescribeResponse.Group(
                        error, null, "g", "Stable", 1, 1, "uniform", List.of(), 0)));
    }

    private static DescribeGroupsResponse classicGroup(ErrorCode error) {
        DescribeGroupsResponse.Member member = new DescribeGroupsResponse.Member(
                "m", null, "client", "/192.0.2.1", Bytes.EMPTY, Bytes.copyOf(ByteBuffer.wrap(new byte[] {1, 2, 3})));
        return new DescribeGroupsResponse(
                0,
                List.of(new DescribeGroupsResponse.Group(
                        error, "g", "Stable", "consumer", "range", List.of(member), 0)));
    }

    @Test
    void aGroupIsDescribedByTheClassicProtocolIfTheCoordinatorHasNoOther() {
        find(ErrorCode.NONE, 2);
        fail(2, ConsumerGroupDescribeRequest.class, ErrorCode.UNSUPPORTED_VERSION);
        find(ErrorCode.NONE, 2);
        answer(2, DescribeGroupsRequest.class, classicGroup(ErrorCode.NONE));

        GroupDescription group = admin.describe("g");
        assertThat(group.type()).isEqualTo(GroupDescription.CLASSIC);
        assertThat(group.members()).hasSize(1);
        assertThat(group.members().get(0).assignment())
                .as("bytes that are no assignment")
                .isEmpty();
    }

    @Test
    void aGroupThatIsNoConsumerGroupIsDescribedByTheClassicProtocol() {
        find(ErrorCode.NONE, 2);
        answer(2, ConsumerGroupDescribeRequest.class, consumerGroup(ErrorCode.GROUP_ID_NOT_FOUND));
        find(ErrorCode.NONE, 2);
        answer(2, DescribeGroupsRequest.class, classicGroup(ErrorCode.NONE));

        assertThat(admin.describe("g").type()).isEqualTo(GroupDescription.CLASSIC);
    }

    @Test
    void aConsumerGroupIsDescribedByOneRequest() {
        find(ErrorCode.NONE, 2);
        answer(2, ConsumerGroupDescribeRequest.class, consumerGroup(ErrorCode.NONE));

        assertThat(admin.describe("g").type()).isEqualTo(GroupDescription.CONSUMER);
    }

    @Test
    void aCoordinatorThatHasMovedIsLookedUpAgain() {
        find(ErrorCode.NONE, 2);
        answer(2, ConsumerGroupDescribeRequest.class, consumerGroup(ErrorCode.NOT_COORDINATOR));
        find(ErrorCode.COORDINATOR_NOT_AVAILABLE, -1);
        find(ErrorCode.NONE, 1);
        answer(1, ConsumerGroupDescribeRequest.class, consumerGroup(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS));
        find(ErrorCode.NONE, 1);
        answer(1, ConsumerGroupDescribeRequest.class, consumerGroup(ErrorCode.NONE));

        assertThat(admin.describe("g").state()).isEqualTo("Stable");
    }

    @Test
    void aCoordinatorThatMovesBetweenTheProtocolsIsAskedByBothAgain() {
        find(ErrorCode.NONE, 2);
        answer(2, ConsumerGroupDescribeRequest.class, consumerGroup(ErrorCode.GROUP_ID_NOT_FOUND));
        find(ErrorCode.NONE, 2);
        answer(2, DescribeGroupsRequest.class, classicGroup(ErrorCode.NOT_COORDINATOR));
        find(ErrorCode.NONE, 1);
        answer(1, ConsumerGroupDescribeRequest.class, consumerGroup(ErrorCode.NONE));

        assertThat(admin.describe("g").type()).isEqualTo(GroupDescription.CONSUMER);
    }

    @Test
    void aRefusalNamesTheGroupOnce() {
        find(ErrorCode.NONE, 2);
        answer(2, ConsumerGroupDescribeRequest.class, consumerGroup(ErrorCode.GROUP_AUTHORIZATION_FAILED));

        assertThatThrownBy(() -> admin.describe("g"))
                .isInstanceOf(ClientException.class)
                .hasMessage("group g: GROUP_AUTHORIZATION_FAILED");
    }

    @Test
    void offsetsAreFetchedFromTheCoordinatorOfNow() {
        find(ErrorCode.NONE, 2);
        answer(2, OffsetFetchRequest.class, fetched(ErrorCode.NOT_COORDINATOR));
        find(ErrorCode.NONE, 1);
        answer(1, OffsetFetchRequest.class, fetched(ErrorCode.NONE));

        assertThat(admin.committed("g")).isEqualTo(Map.of(T_0, 7L));
    }

    private static OffsetFetchResponse fetched(ErrorCode error) {
        return new OffsetFetchResponse(
                0,
                List.of(),
                ErrorCode.NONE,
                List.of(new OffsetFetchResponse.Group(
                        "g",
                        List.of(new OffsetFetchResponse.Topic(
                                "t", List.of(new OffsetFetchResponse.Partition(0, 7, -1, "", ErrorCode.NONE)))),
                        error)));
    }

    @Test
    void offsetsAreCommittedAtTheCoordinatorOfNow() {
        find(ErrorCode.NONE, 2);
        answer(2, OffsetCommitRequest.class, committed(ErrorCode.COORDINATOR_NOT_AVAILABLE));
        find(ErrorCode.NONE, 1);
        answer(1, OffsetCommitRequest.class, committed(ErrorCode.NONE));
        admin.commit("g", Map.of(T_0, 7L));

        find(ErrorCode.NONE, 1);
        answer(1, OffsetCommitRequest.class, committed(ErrorCode.UNKNOWN_MEMBER_ID));
        assertThatThrownBy(() -> admin.commit("g", Map.of(T_0, 7L))).hasMessageContaining("UNKNOWN_MEMBER_ID");
    }

    private static OffsetCommitResponse committed(ErrorCode error) {
        return new OffsetCommitResponse(
                0, List.of(new OffsetCommitResponse.Topic("t", List.of(new OffsetCommitResponse.Partition(0, error)))));
    }

    @Test
    void aGroupIsDeletedAtTheCoordinatorOfNow() {
        find(ErrorCode.NONE, 2);
        answer(2, DeleteGroupsRequest.class, deleted(ErrorCode.NOT_COORDINATOR));
        find(ErrorCode.NONE, 1);
        answer(1, DeleteGroupsRequest.class, deleted(ErrorCode.NON_EMPTY_GROUP));

        assertThatThrownBy(() -> admin.delete("g")).hasMessageContaining("NON_EMPTY_GROUP");
    }

    @Test
    void aDeletionWhoseAnswerIsLostIsDone() {
        find(ErrorCode.NONE, 2);
        fail(2, DeleteGroupsRequest.class, ErrorCode.NETWORK_EXCEPTION);
        find(ErrorCode.NONE, 2);
        answer(2, DeleteGroupsRequest.class, deleted(ErrorCode.GROUP_ID_NOT_FOUND));
        admin.delete("g");

        find(ErrorCode.NONE, 2);
        answer(2, DeleteGroupsRequest.class, deleted(ErrorCode.GROUP_ID_NOT_FOUND));
        assertThatThrownBy(() -> admin.delete("g")).hasMessageContaining("GROUP_ID_NOT_FOUND");
    }

    private static DeleteGroupsResponse deleted(ErrorCode error) {
        return new DeleteGroupsResponse(0, List.of(new DeleteGroupsResponse.Result("g", error)));
    }

    @Test
    void aBrokerThatLoadsItsGroupsIsAskedAgain() {
        answer(1, ListGroupsRequest.class, listed(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, "a"));
        answer(1, ListGroupsRequest.class, listed(ErrorCode.NONE, "b"));
        answer(2, ListGroupsRequest.class, listed(ErrorCode.NONE, "a"));

        assertThat(admin.groups())
                .containsExactly(
                        new GroupListing("a", "classic", "consumer", "Stable", 2),
                        new GroupListing("b", "classic", "consumer", "Stable", 1));
    }

    @Test
    void settingsOfAGroupAreReadAndChangedByTheirOwnKindOfResource() {
        DescribeConfigsResponse.Config own = entry("consumer.session.timeout.ms", DescribeConfigsResponse.SOURCE_GROUP);
        DescribeConfigsResponse.Config other =
                entry("consumer.heartbeat.interval.ms", DescribeConfigsResponse.SOURCE_DEFAULT);
        answer(
                1,
                DescribeConfigsRequest.class,
                new DescribeConfigsResponse(
                        0,
                        List.of(new DescribeConfigsResponse.Result(
                                ErrorCode.NONE, null, DescribeConfigsRequest.GROUP, "g", List.of(own, other)))));
        assertThat(admin.config("g"))
                .containsExactly(
                        new ConfigEntry("consumer.heartbeat.interval.ms", "5", true),
                        new ConfigEntry("consumer.session.timeout.ms", "5", false));

        script.add(new Step(1, IncrementalAlterConfigsRequest.class, request -> {
            IncrementalAlterConfigsRequest.Resource resource =
                    ((IncrementalAlterConfigsRequest) request).resources().get(0);
            assertThat(resource.resourceType()).isEqualTo(DescribeConfigsRequest.GROUP);
            return CompletableFuture.completedFuture(new IncrementalAlterConfigsResponse(
                    0,
                    List.of(new IncrementalAlterConfigsResponse.Resource(
                            ErrorCode.INVALID_CONFIG, "no such key", DescribeConfigsRequest.GROUP, "g"))));
        }));
        assertThatThrownBy(() -> admin.configure("g", Map.of("x", Optional.of("1"))))
                .hasMessageContaining("group g: INVALID_CONFIG, no such key");
    }

    private static DescribeConfigsResponse.Config entry(String name, byte source) {
        return new DescribeConfigsResponse.Config(name, "5", false, source, false, List.of(), (byte) 5, null);
    }

    private static ListGroupsResponse listed(ErrorCode error, String group) {
        return new ListGroupsResponse(
                0, error, List.of(new ListGroupsResponse.Group(group, "consumer", "Stable", "Classic")));
    }
}
