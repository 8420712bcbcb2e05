package io.tailrace.server.transaction;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.AddPartitionsToTxnRequest;
import io.tailrace.protocol.message.AddPartitionsToTxnResponse;
import io.tailrace.server.transaction.CoordinatorVerifier.Errors;
import io.tailrace.server.transaction.TransactionVerifier.Question;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The questions to one broker. While some are on their way, others gather for the next request. Thread-safe.
 *
 * <p>An answer names transactional ids, so that a request has at most one question about each.
 */
final class VerificationLane {
    static final int REQUESTS_MAX = 5;

    /** Partitions in one request; a question may exceed it alone. */
    static final int PARTITIONS_MAX = 1_000;

    private final int broker;
    private final VerificationNetwork network;

    /** Guarded by this object's monitor, as all below. Bounded by the questions of all lanes. */
    private final Set<Waiting> waiting = new LinkedHashSet<>();

    private int requests;
    private boolean isSending;

    VerificationLane(int broker, VerificationNetwork network) {
        this.broker = broker;
        this.network = network;
    }

    /** A question without an answer. Not a record: each is itself. */
    private static final class Waiting {
        private final Question question;
        private final Consumer<Errors> answer;

        Waiting(Question question, Consumer<Errors> answer) {
            this.question = question;
            this.answer = answer;
        }
    }

    void ask(Question question, Consumer<Errors> answer) {
        synchronized (this) {
            waiting.add(new Waiting(question, answer));
        }
        sendWaiting();
    }

    private void sendWaiting() {
        synchronized (this) {
            if (isSending) {
                return; // The thread that sends goes on, maybe this one: a request may fail at once.
            }
            isSending = true;
        }
        for (List<Waiting> next = take(); !next.isEmpty(); next = take()) {
            List<Waiting> sent = next;
            var unused = network.send(broker, request(sent)).whenComplete((answer, failure) -> answered(sent, answer));
        }
    }

    private synchronized List<Waiting> take() {
        Map<String, Waiting> taken = new HashMap<>();
        int partitions = 0;
        Iterator<Waiting> all = waiting.iterator();
        while (requests < REQUESTS_MAX && all.hasNext() && partitions < PARTITIONS_MAX) {
            Waiting each = all.next();
            if (taken.putIfAbsent(each.question.transactionalId(), each) == null) {
                all.remove();
                partitions += each.question.partitions().size();
            }
        }
        requests += taken.isEmpty() ? 0 : 1;
        isSending = !taken.isEmpty();
        return List.copyOf(taken.values());
    }

    private static AddPartitionsToTxnRequest request(List<Waiting> sent) {
        return new AddPartitionsToTxnRequest(
                sent.stream().map(each -> transaction(each.question)).toList());
    }

    private static AddPartitionsToTxnRequest.Transaction transaction(Question question) {
        Map<String, List<Integer>> topics = new TreeMap<>();
        for (TopicPartition each : question.partitions()) {
            topics.computeIfAbsent(each.topic(), topic -> new ArrayList<>()).add(each.partition());
        }
        return new AddPartitionsToTxnRequest.Transaction(
                question.transactionalId(),
                question.producer().id(),
                question.producer().epoch(),
                !question.client().adds(),
                topics.entrySet().stream()
                        .map(topic -> new AddPartitionsToTxnRequest.Topic(topic.getKey(), topic.getValue()))
                        .toList());
    }

    private void answered(List<Waiting> sent, @Nullable AddPartitionsToTxnResponse answer) {
        synchronized (this) {
            requests--;
        }
        Map<String, List<AddPartitionsToTxnResponse.TopicResult>> results = new HashMap<>();
        ErrorCode error = answer == null ? ErrorCode.NETWORK_EXCEPTION : answer.errorCode();
        if (answer != null) {
            answer.resultsByTransaction().forEach(each -> results.put(each.transactionalId(), each.topicResults()));
        }
        for (Waiting each : sent) {
            List<AddPartitionsToTxnResponse.TopicResult> own =
                    results.getOrDefault(each.question.transactionalId(), List.of());
            each.answer.accept(partition -> error == ErrorCode.NONE ? errorOf(own, partition) : error);
        }
        sendWaiting();
    }

    private static ErrorCode errorOf(List<AddPartitionsToTxnResponse.TopicResult> results, TopicPartition partition) {
        return results.stream()
                .filter(topic -> topic.name().equals(partition.topic()))
                .flatMap(topic -> topic.resultsByPartition().stream())
                .filter(result -> result.partitionIndex() == partition.partition())
                .map(AddPartitionsToTxnResponse.PartitionResult::partitionErrorCode)
                .findFirst()
                .orElse(ErrorCode.UNKNOWN_SERVER_ERROR);
    }
}
