package io.tailrace.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.message.TxnOffsetCommitRequest;
import io.tailrace.protocol.message.TxnOffsetCommitResponse;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.server.RawClient;
import io.tailrace.server.group.GroupCoordinator;
import io.tailrace.server.transaction.TransactionVerifier;
import io.tailrace.transactions.ProducerIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Offsets of groups in transactions, whose coordinator answers what a test says. */
class TxnOffsetCommitTest {
    private static final TopicPartition PARTITION = new TopicPartition(GroupCoordinator.TOPIC, 0);
    private static final ProducerIdentity PRODUCER = new ProducerIdentity(11, (short) 0);

    private final BlockingQueue<TransactionVerifier.Question> questions = new LinkedBlockingQueue<>();
    private volatile Consumer<Consumer<Map<TopicPartition, ErrorCode>>> coordinator = answer -> {};
    private @Nullable GroupCoordinator groups;
    private GroupServer server;
    private RawClient client;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        TransactionVerifier verifier = (question, answer) -> {
            questions.add(question);
            coordinator.accept(answer);
        };
        server = new GroupServer(directory, coordinated -> {
            groups = coordinated;
            return List.of(
                    new TxnOffsetCommitHandler(coordinated, verifier),
                    new OffsetFetchHandler(coordinated),
                    new ListGroupsHandler(coordinated));
        });
        client = server.connect();
        coordinatorAnswers(ErrorCode.NONE);
    }

    private void coordinatorAnswers(ErrorCode error) {
        coordinator = answer -> answer.accept(Map.of(PARTITION, error));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    static Stream<Short> versions() {
        ApiKey api = ApiKey.TXN_OFFSET_COMMIT;
        return IntStream.rangeClosed(api.served().min(), api.served().max()).mapToObj(version -> (short) version);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void offsetsAreCommittedWithTheirTransactionInEveryVersion(short version) throws Exception {
        assertThat(commit("g", 5, version)).isEqualTo(ErrorCode.NONE);
        assertThat(commit("g", 6, version)).isEqualTo(ErrorCode.NONE);
        assertThat(commit("", 6, version)).isEqualTo(ErrorCode.INVALID_GROUP_ID);
        assertThat(questions)
                .as("one question for each transaction")
                .containsExactly(new TransactionVerifier.Question(
                        "id", PRODUCER, Set.of(PARTITION), TransactionVerifier.Client.ofTxnOffsetCommit(version)));
        assertThat(fetch(true).errorCode()).isEqualTo(ErrorCode.UNSTABLE_OFFSET_COMMIT);
        assertThat(fetch(false).committedOffset()).isEqualTo(-1);

        assertThat(end(true)).isEqualTo(ErrorCode.NONE);
        assertThat(fetch(true))
                .isEqualTo(new OffsetFetchResponse.Partition(0, 6, version < 2 ? -1 : 4, "", ErrorCode.NONE));
    }

    @Test
    void offsetsThatTheCoordinatorRefusesAreNotStored() throws Exception {
        coordinatorAnswers(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(commit("g", 5, (short) 5)).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        coordinator = answer -> answer.accept(Map.of());
        assertThat(commit("g", 5, (short) 5)).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);

        assertThat(fetch(true).errorCode()).isEqualTo(ErrorCode.NONE);
    }

    /** It was that of the transaction before, or the transaction that the coordinator was asked about has ended. */
    @Test
    void theCoordinatorIsAskedAgainIfAMarkerComesWhileItIsAsked() throws Exception {
        coordinator = answer -> {
            coordinatorAnswers(ErrorCode.NONE);
            confirmBehindAMarker(1, answer);
        };
        assertThat(commit("g", 5, (short) 5)).isEqualTo(ErrorCode.NONE);
        assertThat(questions).hasSize(2);
    }

    @Test
    void itIsNotAskedForEver() throws Exception {
        AtomicInteger coordinatorEpoch = new AtomicInteger();
        coordinator = answer -> confirmBehindAMarker(coordinatorEpoch.incrementAndGet(), answer);

        assertThat(commit("g", 5, (short) 5)).isEqualTo(ErrorCode.TRANSACTION_ABORTABLE);
        assertThat(questions).hasSize(3);
        assertThat(commit("g", 5, (short) 3)).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(fetch(true).errorCode()).isEqualTo(ErrorCode.NONE);
    }

    private void confirmBehindAMarker(int coordinatorEpoch, Consumer<Map<TopicPartition, ErrorCode>> answer) {
        coordinated()
                .endTransaction(
                        0, marker(coordinatorEpoch, false), false, ended -> answer.accept(Map.of(PARTITION, ended)));
    }

    @Test
    void aMarkerIsRefusedByABrokerThatDoesNotLead() throws Exception {
        server.follow();

        assertThat(end(true)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(commit("g", 5, (short) 5)).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    private GroupCoordinator coordinated() {
        if (groups == null) {
            throw new IllegalStateException("the server has not been started");
        }
        return groups;
    }

    private ErrorCode end(boolean isCommit) {
        CompletableFuture<ErrorCode> answer = new CompletableFuture<>();
        coordinated().endTransaction(0, marker(1, isCommit), true, answer::complete);
        return answer.join();
    }

    private static EndTransactionMarker marker(int coordinatorEpoch, boolean isCommit) {
        return new EndTransactionMarker(
                PRODUCER.id(), (short) (PRODUCER.epoch() + (isCommit ? 1 : 0)), isCommit, coordinatorEpoch);
    }

    private ErrorCode commit(String group, long offset, short version) throws IOException {
        TxnOffsetCommitRequest request = new TxnOffsetCommitRequest(
                "id",
                group,
                PRODUCER.id(),
                PRODUCER.epoch(),
                -1,
                "",
                null,
                List.of(new TxnOffsetCommitRequest.Topic(
                        "web", List.of(new TxnOffsetCommitRequest.Partition(0, offset, 4, null)))));
        List<OffsetCommitResponse.Topic> topics =
                client.call(request, version, TxnOffsetCommitResponse.class).topics();
        assertThat(topics).extracting(OffsetCommitResponse.Topic::name).containsExactly("web");
        return topics.get(0).partitions().get(0).errorCode();
    }

    private OffsetFetchResponse.Partition fetch(boolean isStable) throws IOException {
        OffsetFetchRequest.Group group =
                new OffsetFetchRequest.Group("g", List.of(new OffsetFetchRequest.Topic("web", List.of(0))));
        OffsetFetchResponse.Group answer = client.call(
                        new OffsetFetchRequest("", List.of(), List.of(group), isStable),
                        (short) 9,
                        OffsetFetchResponse.class)
                .groups()
                .get(0);
        return answer.topics().get(0).partitions().get(0);
    }
}
