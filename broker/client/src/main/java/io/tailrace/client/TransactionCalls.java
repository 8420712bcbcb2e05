package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.EndTxnRequest;
import io.tailrace.protocol.message.EndTxnResponse;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.InitProducerIdResponse;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.TxnOffsetCommitRequest;
import io.tailrace.protocol.message.TxnOffsetCommitResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The requests of a transactional producer to coordinators, each repeated for up to the delivery timeout. Any thread may make a call,
 * but only the producer's thread polls it, and so makes its attempts.
 */
final class TransactionCalls {
    private static final String FEATURE = "transaction.version";

    private final ProducerConfig config;
    private final String transactionalId;
    private final Network network;
    private final CompletionQueue completions;
    private final Metadata metadata;
    private final Time time;
    private final Backoff backoff;
    private final Coordinator coordinator;
    private volatile boolean isSupported;

    TransactionCalls(
            ProducerConfig config,
            Network network,
            CompletionQueue completions,
            Metadata metadata,
            Time time,
            Backoff backoff) {
        this.config = config;
        this.transactionalId = config.transactionalId().orElseThrow();
        this.network = network;
        this.completions = completions;
        this.metadata = metadata;
        this.time = time;
        this.backoff = backoff;
        this.coordinator = Coordinator.ofTransactions(
                transactionalId,
                network,
                metadata::anyBroker,
                metadata::avoidBroker,
                config.client().requestTimeoutMs());
    }

    private <T> CoordinatorCall<T> call(String what, Supplier<CompletableFuture<T>> attempt) {
        long deadlineMs = config.deliveryTimeoutMs() == ProducerConfig.NO_DELIVERY_TIMEOUT
                ? Long.MAX_VALUE
                : time.elapsedMs() + config.deliveryTimeoutMs();
        return new CoordinatorCall<>(what, attempt, deadlineMs, completions, time, backoff);
    }

    /** Takes the transactional id. */
    CoordinatorCall<ProducerEpoch> init() {
        // Without the current id and epoch: whoever has the transactional id is fenced.
        InitProducerIdRequest request =
                new InitProducerIdRequest(transactionalId, config.transactionTimeoutMs(), -1, (short) -1);
        return call("transactional id " + transactionalId, () -> support()
                .thenCompose(supported -> coordinator.ask(request, this::initiated)));
    }

    private CompletableFuture<Boolean> support() {
        return isSupported
                ? CompletableFuture.completedFuture(true)
                : coordinator.ask(ApiVersions.REQUEST, this::checkSupport);
    }

    private boolean checkSupport(ApiVersionsResponse answer) {
        coordinator.check(answer.errorCode(), "API versions");
        int version = version(answer);
        if (version < TransactionalProducer.VERSION_MIN) {
            throw new ClientException(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "transactional id " + transactionalId + ": the brokers have " + FEATURE + "=" + version
                            + ", this client needs " + TransactionalProducer.VERSION_MIN
                            + ": upgrade the brokers, and their feature");
        }
        isSupported = true;
        return true;
    }

    /** The version of transactions that a broker reports; 0 if it reports none. */
    static int version(ApiVersionsResponse answer) {
        return answer.finalizedFeatures().stream()
                .filter(feature -> feature.name().equals(FEATURE))
                .mapToInt(ApiVersionsResponse.FinalizedFeature::maxVersionLevel)
                .findFirst()
                .orElse(0);
    }

    private ProducerEpoch initiated(InitProducerIdResponse answer) {
        coordinator.check(answer.errorCode(), "producer id");
        return new ProducerEpoch(answer.producerId(), answer.producerEpoch());
    }

    /** Ends a transaction. The result is the producer of the next. */
    CoordinatorCall<ProducerEpoch> end(ProducerEpoch producer, boolean commit) {
        EndTxnRequest request = new EndTxnRequest(transactionalId, producer.producerId(), producer.epoch(), commit);
        return call(commit ? "commit" : "abort", () -> coordinator.ask(request, this::ended));
    }

    private ProducerEpoch ended(EndTxnResponse answer) {
        coordinator.check(answer.errorCode(), "end of the transaction");
        if (answer.producerId() < 0) {
            throw new ClientException(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "transactional id " + transactionalId + ": the coordinator has not raised the epoch, as version "
                            + TransactionalProducer.VERSION_MIN + " of transactions does");
        }
        return new ProducerEpoch(answer.producerId(), answer.producerEpoch());
    }

    /** Commits offsets of a group with a transaction, at the group's coordinator. */
    CoordinatorCall<Boolean> commitOffsets(
            ProducerEpoch producer, String group, Map<TopicPartition, Long> offsets, MemberIdentity member) {
        Map<String, List<TxnOffsetCommitRequest.Partition>> topics = new LinkedHashMap<>();
        offsets.forEach((partition, offset) -> topics.computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                .add(new TxnOffsetCommitRequest.Partition(partition.partition(), offset, -1, "")));
        List<TxnOffsetCommitRequest.Topic> body = new ArrayList<>();
        topics.forEach((topic, partitions) -> body.add(new TxnOffsetCommitRequest.Topic(topic, partitions)));
        TxnOffsetCommitRequest request = new TxnOffsetCommitRequest(
                transactionalId,
                group,
                producer.producerId(),
                producer.epoch(),
                member.epoch(),
                member.memberId(),
                member.instanceId().orElse(null),
                body);
        Coordinator groupCoordinator = new Coordinator(
                group,
                network,
                metadata::anyBroker,
                metadata::avoidBroker,
                config.client().requestTimeoutMs());
        return call(
                "offsets of group " + group,
                () -> groupCoordinator.ask(request, answer -> committed(groupCoordinator, answer)));
    }

    private static boolean committed(Coordinator group, TxnOffsetCommitResponse answer) {
        for (OffsetCommitResponse.Topic topic : answer.topics()) {
            for (OffsetCommitResponse.Partition partition : topic.partitions()) {
                group.check(
                        partition.errorCode(), new TopicPartition(topic.name(), partition.partitionIndex()).toString());
            }
        }
        return true;
    }
}
