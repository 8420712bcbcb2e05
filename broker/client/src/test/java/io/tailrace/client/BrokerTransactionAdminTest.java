package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.DescribeProducersRequest;
import io.tailrace.protocol.message.DescribeProducersResponse;
import io.tailrace.protocol.message.DescribeTransactionsRequest;
import io.tailrace.protocol.message.DescribeTransactionsResponse;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.ListTransactionsRequest;
import io.tailrace.protocol.message.ListTransactionsResponse;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import io.tailrace.protocol.message.WriteTxnMarkersRequest;
import io.tailrace.protocol.message.WriteTxnMarkersResponse;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class BrokerTransactionAdminTest {
    private static final TopicPartition T_0 = new TopicPartition("t", 0);
    private static final TopicPartition T_1 = new TopicPartition("t", 1);

    private final ScriptedNetwork cluster = new ScriptedNetwork();
    private final List<String> asked = new ArrayList<>();
    private BiFunction<Integer, Request<?>, Response> answers = (broker, request) -> {
        throw new AssertionError("not expected: " + request);
    };

    private final Network network = new Network() {
        @Override
        @SuppressWarnings("unchecked") // a test answers each request with its response type
        public <R extends Response> CompletableFuture<R> send(
                InetSocketAddress broker, Request<R> request, int timeoutMs) {
            if (request instanceof MetadataRequest) {
                return cluster.send(broker, request, timeoutMs);
            }
            asked.add(broker.getPort() + " " + request.api());
            return CompletableFuture.completedFuture((R) answers.apply(broker.getPort(), request));
        }

        @Override
        public void close() {}
    };

    private final TransactionAdmin admin = new BrokerTransactionAdmin(
            ClientConfig.builder()
                    .bootstrapServers("broker:1")
                    .retryBackoffMs(1)
                    .build(),
            network,
            Time.SYSTEM);

    BrokerTransactionAdminTest() {
        cluster.lead(1, T_0);
        cluster.lead(2, T_1);
    }

    private static FindCoordinatorResponse coordinator(FindCoordinatorRequest request, int broker) {
        assertThat(request.keyType()).isEqualTo(FindCoordinatorRequest.TRANSACTION);
        return new FindCoordinatorResponse(
                0,
                ErrorCode.NONE,
                null,
                -1,
                "",
                -1,
                List.of(new FindCoordinatorResponse.Coordinator("id", broker, "broker", broker, ErrorCode.NONE, null)));
    }

    private static DescribeTransactionsResponse described(ErrorCode error) {
        return new DescribeTransactionsResponse(
                0,
                List.of(new DescribeTransactionsResponse.TransactionState(
                        error,
                        "id",
                        "Ongoing",
                        60_000,
                        5,
                        7,
                        (short) 3,
                        List.of(new DescribeTransactionsResponse.Topic("t", List.of(0, 1))))));
    }

    @Test
    void versionIsThatOfTheFinalizedFeature() {
        List<ApiVersionsResponse.FinalizedFeature> features = new ArrayList<>();
        answers = (broker, request) -> new ApiVersionsResponse(
                ErrorCode.NONE,
                List.of(),
                0,
                List.of(new ApiVersionsResponse.SupportedFeature("transaction.version", (short) 1, (short) 3)),
                0,
                features,
                false);
        assertThat(admin.transactionVersion()).isZero();
        features.add(new ApiVersionsResponse.FinalizedFeature("group.version", (short) 1, (short) 1));
        features.add(new ApiVersionsResponse.FinalizedFeature("transaction.version", (short) 2, (short) 2));
        assertThat(admin.transactionVersion()).isEqualTo(2);
    }

    @Test
    void everyBrokerListsItsIds() {
        answers = (broker, request) -> {
            assertThat(request).isInstanceOf(ListTransactionsRequest.class);
            return new ListTransactionsResponse(
                    0,
                    ErrorCode.NONE,
                    List.of(),
                    List.of(new ListTransactionsResponse.TransactionState("id" + (9 - broker), broker, "Empty")));
        };
        assertThat(admin.transactions())
                .containsExactly(
                        new TransactionListing("id7", 2, "Empty", 2), new TransactionListing("id8", 1, "Empty", 1));
    }

    @Test
    void idIsDescribedByItsCoordinatorWhichMayHaveMoved() {
        List<ErrorCode> errors = new ArrayList<>(List.of(ErrorCode.NOT_COORDINATOR, ErrorCode.NONE));
        answers = (broker, request) -> request instanceof FindCoordinatorRequest find
                ? coordinator(find, errors.size())
                : described(errors.remove(0));
        TransactionDescription found = admin.describe("id").orElseThrow();
        assertThat(found.startMs()).hasValue(5);
        assertThat(found.partitions()).containsExactlyInAnyOrder(T_0, T_1);
        assertThat(asked).filteredOn(each -> each.contains("DESCRIBE")).hasSize(2);
    }

    @Test
    void unknownIdIsAbsent() {
        answers = (broker, request) -> request instanceof DescribeTransactionsRequest
                ? described(ErrorCode.TRANSACTIONAL_ID_NOT_FOUND)
                : coordinator((FindCoordinatorRequest) request, 1);
        assertThat(admin.describe("id")).isEmpty();
    }

    @Test
    void producersAreAskedOfTheLeaders() {
        answers = (broker, request) -> producers((DescribeProducersRequest) request, broker);
        Map<TopicPartition, List<ProducerDescription>> found = admin.producers(List.of(T_0, T_1));
        assertThat(found.get(T_0))
                .containsExactly(new ProducerDescription(1, (short) 3, -1, 9, OptionalInt.empty(), OptionalLong.of(4)));
        assertThat(found.get(T_1)).extracting(ProducerDescription::producerId).containsExactly(2L);
        assertThatThrownBy(() -> admin.producers(List.of(new TopicPartition("t", 9))))
                .hasMessageContaining("t-9 does not exist");
    }

    private static DescribeProducersResponse producers(DescribeProducersRequest request, int broker) {
        DescribeProducersRequest.Topic topic = request.topics().get(0);
        return new DescribeProducersResponse(
                0,
                List.of(new DescribeProducersResponse.Topic(
                        topic.name(),
                        topic.partitionIndexes().stream()
                                .map(index -> new DescribeProducersResponse.Partition(
                                        index,
                                        ErrorCode.NONE,
                                        null,
                                        List.of(new DescribeProducersResponse.Producer(broker, 3, -1, 9, -1, 4))))
                                .toList())));
    }

    @Test
    void abortIsAMarkerOfTheSameEpochForTheLeader() {
        ProducerDescription producer =
                new ProducerDescription(7, (short) 3, 5, 9, OptionalInt.of(2), OptionalLong.of(4));
        List<ErrorCode> errors = new ArrayList<>(List.of(ErrorCode.NOT_LEADER_OR_FOLLOWER, ErrorCode.NONE));
        answers = (broker, request) -> {
            assertThat(request)
                    .isEqualTo(new WriteTxnMarkersRequest(List.of(new WriteTxnMarkersRequest.Marker(
                            7, (short) 3, false, List.of(new WriteTxnMarkersRequest.Topic("t", List.of(1))), 2, (byte)
                                    1))));
            return new WriteTxnMarkersResponse(List.of(new WriteTxnMarkersResponse.Marker(
                    7,
                    List.of(new WriteTxnMarkersResponse.Topic(
                            "t", List.of(new WriteTxnMarkersResponse.Partition(1, errors.remove(0))))))));
        };
        admin.abort(T_1, producer);
        assertThat(asked).containsExactly("2 WRITE_TXN_MARKERS", "2 WRITE_TXN_MARKERS");
        errors.add(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThatThrownBy(() -> admin.abort(T_1, producer))
                .hasMessageContaining("t-1, marker: INVALID_PRODUCER_EPOCH");
    }
}
