package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.FindCoordinatorResponse.Coordinator;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.server.cluster.ClusterView;
import io.tailrace.server.group.GroupCoordinator;
import io.tailrace.server.transaction.TransactionCoordinator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Finds the coordinator of a group or a transactional id: the leader of its partition of an internal topic. */
public final class FindCoordinatorHandler implements RequestHandler<FindCoordinatorRequest, FindCoordinatorResponse> {
    private static final short FIRST_WITH_KEYS = 4;

    private final ClusterView cluster;
    private final Map<Byte, Kind> kinds;
    private final TopicChanges topics;
    private final BlockingCalls blocking;

    /**
     * A kind of coordinators.
     *
     * @param partitionOf the partition of the topic that a key belongs to
     * @param emptyKey the error for an empty key
     */
    private record Kind(String topic, ToIntFunction<String> partitionOf, ErrorCode emptyKey) {}

    /** The topics are created, on the threads of {@code blocking}, when they are first needed. */
    public FindCoordinatorHandler(
            ClusterView cluster,
            GroupCoordinator groups,
            TransactionCoordinator transactions,
            TopicChanges topics,
            BlockingCalls blocking) {
        this.cluster = cluster;
        this.kinds = Map.of(
                FindCoordinatorRequest.GROUP,
                new Kind(GroupCoordinator.TOPIC, groups::partitionOf, ErrorCode.INVALID_GROUP_ID),
                FindCoordinatorRequest.TRANSACTION,
                new Kind(TransactionCoordinator.TOPIC, transactions::partitionOf, ErrorCode.INVALID_REQUEST));
        this.topics = topics;
        this.blocking = blocking;
    }

    @Override
    public ApiKey api() {
        return ApiKey.FIND_COORDINATOR;
    }

    @Override
    public void handle(FindCoordinatorRequest request, Call<FindCoordinatorResponse> call) {
        Kind kind = kinds.get(request.keyType());
        if (kind == null || cluster.get().topic(kind.topic()).isPresent()) {
            call.answer(answer(request, call));
            return;
        }
        blocking.answerLater(
                BlockingCalls.Kind.CLUSTER_CHANGE,
                call,
                () -> topics.createAutomatically(Set.of(kind.topic()))
                        .thenApplyAsync(led -> answer(request, call), call::execute),
                () -> answer(request, call));
    }

    private FindCoordinatorResponse answer(FindCoordinatorRequest request, Call<FindCoordinatorResponse> call) {
        if (call.header().version() < FIRST_WITH_KEYS) {
            Coordinator one = find(request.keyType(), request.key(), call.listener());
            return new FindCoordinatorResponse(
                    0, one.errorCode(), one.errorMessage(), one.nodeId(), one.host(), one.port(), List.of());
        }
        List<Coordinator> all = request.coordinatorKeys().stream()
                .distinct()
                .map(key -> find(request.keyType(), key, call.listener()))
                .toList();
        return new FindCoordinatorResponse(0, ErrorCode.NONE, null, -1, "", -1, all);
    }

    private Coordinator find(byte keyType, String key, String listener) {
        Kind kind = kinds.get(keyType);
        if (kind == null) {
            return none(key, ErrorCode.INVALID_REQUEST, "key type must be 0 or 1, is " + keyType);
        }
        if (key.isEmpty()) {
            return none(key, kind.emptyKey(), "the id is empty");
        }
        ClusterImage image = cluster.get();
        TopicPartition partition =
                new TopicPartition(kind.topic(), kind.partitionOf().applyAsInt(key));
        Optional<Integer> leader =
                image.partition(partition).map(PartitionImage::leader).filter(id -> id != PartitionState.NO_LEADER);
        Optional<Endpoint> endpoint = leader.flatMap(id -> ClusterAnswers.endpoint(image, id, listener));
        return endpoint.map(
                        at -> new Coordinator(key, leader.orElseThrow(), at.host(), at.port(), ErrorCode.NONE, null))
                .orElseGet(() -> none(key, ErrorCode.COORDINATOR_NOT_AVAILABLE, "the coordinator is not available"));
    }

    private static Coordinator none(String key, ErrorCode error, String message) {
        return new Coordinator(key, -1, "", -1, error, message);
    }
}
