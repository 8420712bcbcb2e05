package io.tailrace.server.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.AddPartitionsToTxnRequest;
import io.tailrace.protocol.message.AddPartitionsToTxnResponse;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.shard.ShardHosts;
import io.tailrace.server.transaction.TransactionVerifier.Client;
import io.tailrace.server.transaction.TransactionVerifier.Question;
import io.tailrace.transactions.ProducerIdentity;
import io.tailrace.transactions.TransactionsShard;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Questions to other brokers, which the test plays. */
class CoordinatorVerifierTest {
    private static final int SELF = 1;
    private static final int OTHER = 2;
    private static final TopicPartition A = new TopicPartition("a", 0);
    private static final TopicPartition B = new TopicPartition("b", 1);
    private static final Client PLAIN = Client.ofProduce((short) 9);
    private static final Client ADDS = Client.ofProduce((short) 12);

    private final List<Sent> sent = new ArrayList<>();
    private final Queue<Runnable> alarms = new ArrayDeque<>();
    private final List<Map<TopicPartition, ErrorCode>> answers = new ArrayList<>();
    private int coordinator = OTHER;
    private boolean isUnreachable;
    private final TransactionVerifier verifier = new CoordinatorVerifier(
            SELF,
            new TransactionCoordinator(() -> 1, none()),
            id -> coordinator,
            (broker, request) -> {
                if (isUnreachable) {
                    return CompletableFuture.failedFuture(new IOException("no connection"));
                }
                Sent each = new Sent(broker, request, new CompletableFuture<>());
                sent.add(each);
                return each.answer();
            },
            (delayMs, task) -> {
                alarms.add(task);
                return () -> {};
            });

    private record Sent(
            int broker, AddPartitionsToTxnRequest request, CompletableFuture<AddPartitionsToTxnResponse> answer) {
        List<String> ids() {
            return request.transactions().stream()
                    .map(AddPartitionsToTxnRequest.Transaction::transactionalId)
                    .toList();
        }

        void answer(ErrorCode error) {
            answer.complete(new AddPartitionsToTxnResponse(
                    0,
                    ErrorCode.NONE,
                    request.transactions().stream()
                            .map(each -> new AddPartitionsToTxnResponse.TransactionResult(
                                    each.transactionalId(),
                                    each.topics().stream()
                                            .map(topic -> result(topic, error))
                                            .toList()))
                            .toList(),
                    List.of()));
        }

        private static AddPartitionsToTxnResponse.TopicResult result(
                AddPartitionsToTxnRequest.Topic topic, ErrorCode error) {
            return new AddPartitionsToTxnResponse.TopicResult(
                    topic.name(),
                    topic.partitions().stream()
                            .map(index -> new AddPartitionsToTxnResponse.PartitionResult(index, error))
                            .toList());
        }
    }

    private static ShardHosts<TransactionsShard> none() {
        return new ShardHosts<>(
                new TransactionShards(BrokerConfig.of(Map.of("broker.id", "1")).transactions()), partition -> {
                    throw new AssertionError("this broker leads " + partition);
                });
    }

    private void ask(String id, Client client, TopicPartition... partitions) {
        Question question = new Question(id, new ProducerIdentity(9, (short) 0), Set.of(partitions), client);
        verifier.verify(question, answers::add);
    }

    @Test
    void questionsGatherWhileRequestsAreOnTheirWay() {
        for (int i = 0; i < VerificationLane.REQUESTS_MAX + 3; i++) {
            ask("id-" + i, PLAIN, A, B);
        }
        assertThat(sent).hasSize(VerificationLane.REQUESTS_MAX);
        assertThat(sent).extracting(Sent::broker).containsOnly(OTHER);

        sent.get(0).answer(ErrorCode.NONE);

        assertThat(answers).containsExactly(Map.of(A, ErrorCode.NONE, B, ErrorCode.NONE));
        assertThat(sent.get(VerificationLane.REQUESTS_MAX).ids()).containsExactlyInAnyOrder("id-5", "id-6", "id-7");
    }

    @Test
    void aRequestAsksAboutATransactionalIdOnce() {
        for (int i = 0; i < VerificationLane.REQUESTS_MAX; i++) {
            ask("id-" + i, PLAIN, A);
        }
        ask("x", PLAIN, A);
        ask("x", ADDS, B);

        sent.get(0).answer(ErrorCode.NONE);
        sent.get(1).answer(ErrorCode.NONE);

        Sent first = sent.get(VerificationLane.REQUESTS_MAX);
        Sent second = sent.get(VerificationLane.REQUESTS_MAX + 1);
        assertThat(first.ids()).containsExactly("x");
        assertThat(second.ids()).containsExactly("x");
        assertThat(first.request().transactions().get(0).verifyOnly()).isTrue();
        assertThat(second.request().transactions().get(0).verifyOnly()).isFalse();
    }

    @Test
    void aBrokerThatCannotBeReachedMakesTheClientTryAgain() {
        isUnreachable = true;
        for (int i = 0; i < 20_000; i++) {
            ask("x", PLAIN, A);
        }

        assertThat(answers).hasSize(20_000);
        assertThat(answers).containsOnly(Map.of(A, ErrorCode.NOT_ENOUGH_REPLICAS));
    }

    @Test
    void withoutACoordinatorTheClientTriesAgain() {
        coordinator = CoordinatorVerifier.Coordinators.NONE;
        ask("x", PLAIN, A);
        coordinator = SELF;
        ask("x", PLAIN, A);

        assertThat(answers)
                .containsExactly(Map.of(A, ErrorCode.NOT_ENOUGH_REPLICAS), Map.of(A, ErrorCode.NOT_ENOUGH_REPLICAS));
    }

    @Test
    void tooManyQuestionsAreRefused() {
        for (int i = 0; i < CoordinatorVerifier.QUESTIONS_MAX; i++) {
            ask("id-" + i, PLAIN, A);
        }
        assertThat(answers).isEmpty();

        ask("x", PLAIN, A);
        assertThat(answers).containsExactly(Map.of(A, ErrorCode.NOT_ENOUGH_REPLICAS));
        sent.get(0).answer(ErrorCode.NONE);
        answers.clear();
        ask("y", PLAIN, A);
        assertThat(answers).isEmpty();
    }

    @Test
    void whileTheTransactionBeforeEndsTheQuestionIsAskedAgainForAWhile() {
        ask("x", ADDS, A);
        sent.get(0).answer(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(answers).isEmpty();
        alarms.remove().run();
        sent.get(1).answer(ErrorCode.NONE);
        assertThat(answers).containsExactly(Map.of(A, ErrorCode.NONE));

        answers.clear();
        ask("x", ADDS, A);
        for (int i = 2; answers.isEmpty(); i++) {
            sent.get(i).answer(ErrorCode.CONCURRENT_TRANSACTIONS);
            alarms.forEach(Runnable::run);
            alarms.clear();
        }
        assertThat(answers).containsExactly(Map.of(A, ErrorCode.CONCURRENT_TRANSACTIONS));
        assertThat(sent).hasSizeBetween(5, 20);
    }

    @Test
    void aClientOfVersion1TriesAgainItself() {
        ask("x", PLAIN, A);
        sent.get(0).answer(ErrorCode.CONCURRENT_TRANSACTIONS);

        assertThat(answers).containsExactly(Map.of(A, ErrorCode.NOT_ENOUGH_REPLICAS));
    }
}
