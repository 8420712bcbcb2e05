package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.DescribeTransactionsRequest;
import io.tailrace.protocol.message.DescribeTransactionsResponse;
import io.tailrace.server.shard.GatheredAnswers;
import io.tailrace.server.transaction.TransactionCoordinator;
import io.tailrace.transactions.DescribeTransaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Describes transactional ids. An id that the request names twice is described once. */
public final class DescribeTransactionsHandler
        implements RequestHandler<DescribeTransactionsRequest, DescribeTransactionsResponse> {
    private final TransactionCoordinator transactions;

    public DescribeTransactionsHandler(TransactionCoordinator transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_TRANSACTIONS;
    }

    @Override
    public void handle(DescribeTransactionsRequest request, Call<DescribeTransactionsResponse> call) {
        List<String> ids = request.transactionalIds().stream().distinct().toList();
        GatheredAnswers<DescribeTransactionsResponse.TransactionState> gathered = new GatheredAnswers<>(
                ids.size(), described -> call.answer(new DescribeTransactionsResponse(0, described)));
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            var place = gathered.place(i);
            transactions.query(id, new DescribeTransaction(id), answer -> place.accept(shown(id, answer)));
        }
    }

    private static DescribeTransactionsResponse.TransactionState shown(String id, DescribeTransaction.Answer answer) {
        return new DescribeTransactionsResponse.TransactionState(
                answer.error(),
                id,
                answer.state(),
                answer.timeoutMs(),
                answer.startMs(),
                answer.producer().id(),
                answer.producer().epoch(),
                byTopic(answer.partitions()));
    }

    private static List<DescribeTransactionsResponse.Topic> byTopic(Collection<TopicPartition> partitions) {
        Map<String, List<Integer>> topics = new TreeMap<>();
        for (TopicPartition each : partitions) {
            topics.computeIfAbsent(each.topic(), topic -> new ArrayList<>()).add(each.partition());
        }
        return topics.entrySet().stream()
                .map(topic -> new DescribeTransactionsResponse.Topic(topic.getKey(), topic.getValue()))
                .toList();
    }
}
