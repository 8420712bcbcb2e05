package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.AddPartitionsToTxnRequest;
import io.tailrace.protocol.message.AddPartitionsToTxnRequest.Topic;
import io.tailrace.protocol.message.AddPartitionsToTxnResponse;
import io.tailrace.protocol.message.AddPartitionsToTxnResponse.PartitionResult;
import io.tailrace.protocol.message.AddPartitionsToTxnResponse.TopicResult;
import io.tailrace.protocol.message.AddPartitionsToTxnResponse.TransactionResult;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.server.shard.GatheredAnswers;
import io.tailrace.server.transaction.TransactionCoordinator;
import io.tailrace.transactions.AddPartitions;
import io.tailrace.transactions.ProducerIdentity;
import io.tailrace.transactions.VerifyPartitions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Adds partitions to transactions, for clients and, from version 4 on, for brokers, or checks that they have been added.
 *
 * <p>Only partitions that the cluster shows are added. So a partition of a transaction that the cluster does not show has been
 * deleted.
 */
public final class AddPartitionsToTxnHandler
        implements RequestHandler<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse> {
    private static final short KNOWS_ABORTABLE = 5;
    private static final short VERSION_1 = 1;
    private static final short VERSION_2 = 2;

    private final Supplier<ClusterImage> cluster;
    private final TransactionCoordinator transactions;

    public AddPartitionsToTxnHandler(Supplier<ClusterImage> cluster, TransactionCoordinator transactions) {
        this.cluster = cluster;
        this.transactions = transactions;
    }

    @Override
    public ApiKey api() {
        return ApiKey.ADD_PARTITIONS_TO_TXN;
    }

    /** Partitions to add to a transaction. */
    private record Addition(String transactionalId, ProducerIdentity producer, List<Topic> topics, short version) {}

    @Override
    public void handle(AddPartitionsToTxnRequest request, Call<AddPartitionsToTxnResponse> call) {
        short version = call.header().version();
        if (version <= AddPartitionsToTxnRequest.CLIENT_VERSION_MAX) {
            ProducerIdentity producer = new ProducerIdentity(request.producerId(), request.producerEpoch());
            boolean knowsFenced = version >= TransactionErrors.KNOWS_FENCED;
            add(
                    new Addition(request.transactionalId(), producer, request.topics(), VERSION_1),
                    knowsFenced,
                    results -> call.answer(new AddPartitionsToTxnResponse(0, ErrorCode.NONE, List.of(), results)));
            return;
        }
        List<AddPartitionsToTxnRequest.Transaction> all = request.transactions();
        GatheredAnswers<TransactionResult> gathered = new GatheredAnswers<>(
                all.size(),
                results -> call.answer(new AddPartitionsToTxnResponse(0, ErrorCode.NONE, results, List.of())));
        for (int i = 0; i < all.size(); i++) {
            AddPartitionsToTxnRequest.Transaction each = all.get(i);
            Consumer<TransactionResult> place = gathered.place(i);
            Consumer<List<TopicResult>> answer =
                    results -> place.accept(new TransactionResult(each.transactionalId(), results));
            if (each.verifyOnly()) {
                verify(each, version >= KNOWS_ABORTABLE, answer);
            } else {
                add(new Addition(each.transactionalId(), producerOf(each), each.topics(), VERSION_2), true, answer);
            }
        }
    }

    private static ProducerIdentity producerOf(AddPartitionsToTxnRequest.Transaction transaction) {
        return new ProducerIdentity(transaction.producerId(), transaction.producerEpoch());
    }

    private void add(Addition addition, boolean knowsFenced, Consumer<List<TopicResult>> answer) {
        Set<TopicPartition> partitions = existing(addition.topics());
        Result refusal = (topic, index) -> isForbidden(topic.name(), addition.version())
                ? ErrorCode.INVALID_TOPIC_EXCEPTION
                : contains(partitions, topic, index) ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        boolean isRefused = addition.topics().stream().anyMatch(topic -> topic.partitions().stream()
                .anyMatch(index -> refusal.of(topic, index) != ErrorCode.NONE));
        if (isRefused) {
            answer.accept(results(addition.topics(), (topic, index) -> {
                ErrorCode error = refusal.of(topic, index);
                return error == ErrorCode.NONE ? ErrorCode.OPERATION_NOT_ATTEMPTED : error;
            }));
            return;
        }
        AddPartitions operation =
                new AddPartitions(addition.transactionalId(), addition.producer(), partitions, addition.version());
        var unused = transactions.submit(
                addition.transactionalId(),
                operation,
                error -> answer.accept(
                        results(addition.topics(), (topic, index) -> TransactionErrors.shown(error, knowsFenced))));
    }

    private void verify(
            AddPartitionsToTxnRequest.Transaction transaction,
            boolean knowsAbortable,
            Consumer<List<TopicResult>> answer) {
        Set<TopicPartition> partitions = existing(transaction.topics());
        VerifyPartitions operation =
                new VerifyPartitions(transaction.transactionalId(), producerOf(transaction), partitions);
        var unused = transactions.submit(
                transaction.transactionalId(),
                operation,
                errors -> answer.accept(results(
                        transaction.topics(),
                        (topic, index) -> contains(partitions, topic, index)
                                ? verified(errors, new TopicPartition(topic.name(), index), knowsAbortable)
                                : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)));
    }

    private static ErrorCode verified(
            Map<TopicPartition, ErrorCode> errors, TopicPartition partition, boolean knowsAbortable) {
        ErrorCode error = errors.getOrDefault(partition, ErrorCode.UNKNOWN_SERVER_ERROR);
        return error == ErrorCode.TRANSACTION_ABORTABLE && !knowsAbortable ? ErrorCode.INVALID_TXN_STATE : error;
    }

    private Set<TopicPartition> existing(List<Topic> topics) {
        ClusterImage image = cluster.get();
        Set<TopicPartition> existing = new HashSet<>();
        for (Topic topic : topics) {
            int count = image.topic(topic.name())
                    .map(found -> found.partitions().size())
                    .orElse(0);
            topic.partitions().stream()
                    .filter(index -> index >= 0 && index < count)
                    .forEach(index -> existing.add(new TopicPartition(topic.name(), index)));
        }
        return existing;
    }

    /** Clients write to no internal topic, and brokers that ask for them only to that of offsets. */
    private static boolean isForbidden(String topic, short version) {
        return version == VERSION_1 ? InternalTopics.contains(topic) : TransactionCoordinator.TOPIC.equals(topic);
    }

    private static boolean contains(Set<TopicPartition> partitions, Topic topic, int index) {
        return index >= 0 && partitions.contains(new TopicPartition(topic.name(), index));
    }

    /** The result for a partition. */
    private interface Result {
        ErrorCode of(Topic topic, int index);
    }

    private static List<TopicResult> results(List<Topic> topics, Result result) {
        return topics.stream()
                .map(topic -> new TopicResult(
                        topic.name(),
                        topic.partitions().stream()
                                .map(index -> new PartitionResult(index, result.of(topic, index)))
                                .toList()))
                .toList();
    }
}
