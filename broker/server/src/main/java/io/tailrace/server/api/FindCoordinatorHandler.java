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
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the coordinator of a group: the leader of its partition of {@code __consumer_offsets}. */
public final class FindCoordinatorHandler implements RequestHandler<FindCoordinatorRequest, FindCoordinatorResponse> {
    private static final short FIRST_WITH_KEYS = 4;

    private final ClusterView cluster;
    private final GroupCoordinator groups;
    private final TopicChanges topics;
    private final BlockingCalls blocking;

    /** The topic is created, on the threads of {@code blocking}, when it is first needed. */
    public FindCoordinatorHandler(
            ClusterView cluster, GroupCoordinator groups, TopicChanges topics, BlockingCalls blocking) {
        this.cluster = cluster;
        this.groups = groups;
        this.topics = topics;
        this.blocking = blocking;
    }

    @Override
    public ApiKey api() {
        return ApiKey.FIND_COORDINATOR;
    }

    @Override
    public void handle(FindCoordinatorRequest request, Call<FindCoordinatorResponse> call) {
        boolean forGroups = request.keyType() == FindCoordinatorRequest.GROUP;
        if (!forGroups || cluster.get().topic(GroupCoordinator.TOPIC).isPresent()) {
            call.answer(answer(request, call));
            return;
        }
        blocking.answerLater(
                BlockingCalls.Kind.CLUSTER_CHANGE,
                call,
                () -> topics.createAutomatically(Set.of(GroupCoordinator.TOPIC))
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
        if (keyType == FindCoordinatorRequest.TRANSACTION) {
            return none(key, ErrorCode.INVALID_REQUEST, "transactions are not supported");
        }
        if (keyType != FindCoordinatorRequest.GROUP) {
            return none(key, ErrorCode.INVALID_REQUEST, "key type must be 0, is " + keyType);
        }
        if (key.isEmpty()) {
            return none(key, ErrorCode.INVALID_GROUP_ID, "the group id is empty");
        }
        ClusterImage image = cluster.get();
        Optional<Endpoint> endpoint =
                leader(image, key).flatMap(leader -> ClusterAnswers.endpoint(image, leader, listener));
        return endpoint.map(at -> new Coordinator(
                        key, leader(image, key).orElseThrow(), at.host(), at.port(), ErrorCode.NONE, null))
                .orElseGet(() -> none(key, ErrorCode.COORDINATOR_NOT_AVAILABLE, "the coordinator is not available"));
    }

    private Optional<Integer> leader(ClusterImage image, String group) {
        return image.partition(new TopicPartition(GroupCoordinator.TOPIC, groups.partitionOf(group)))
                .map(PartitionImage::leader)
                .filter(leader -> leader != PartitionState.NO_LEADER);
    }

    private static Coordinator none(String key, ErrorCode error, String message) {
        return new Coordinator(key, -1, "", -1, error, message);
    }
}
