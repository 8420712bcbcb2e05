package io.tailrace.server.api;

import io.tailrace.coordination.Controller;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ElectLeadersRequest;
import io.tailrace.protocol.message.ElectLeadersResponse;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Election;
import io.tailrace.replication.cluster.ElectionType;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.StateWrite;
import io.tailrace.server.cluster.ClusterView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the controller elect leaders, if this broker is the controller, and answers when this broker sees them. The wait holds no
 * thread.
 */
public final class ElectLeadersHandler implements RequestHandler<ElectLeadersRequest, ElectLeadersResponse> {
    private static final Logger LOG = LoggerFactory.getLogger(ElectLeadersHandler.class);
    private static final long CONTROLLER_MS_MAX = 30_000;

    private final Controller controller;
    private final ClusterView cluster;

    public ElectLeadersHandler(Controller controller, ClusterView cluster) {
        this.controller = controller;
        this.cluster = cluster;
    }

    @Override
    public ApiKey api() {
        return ApiKey.ELECT_LEADERS;
    }

    @Override
    public void handle(ElectLeadersRequest request, Call<ElectLeadersResponse> call) {
        if (namesNoPartition(request)) {
            call.answer(new ElectLeadersResponse(0, ErrorCode.INVALID_REQUEST, List.of()));
            return;
        }
        switch (request.electionType()) {
            case ElectLeadersRequest.PREFERRED -> elect(request, ElectionType.PREFERRED, call);
            case ElectLeadersRequest.UNCLEAN -> elect(request, ElectionType.UNCLEAN, call);
            default -> call.answer(new ElectLeadersResponse(0, ErrorCode.INVALID_REQUEST, List.of()));
        }
    }

    private static boolean namesNoPartition(ElectLeadersRequest request) {
        return request.topicPartitions() != null
                && request.topicPartitions().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .anyMatch(index -> index < 0);
    }

    private void elect(ElectLeadersRequest request, ElectionType type, Call<ElectLeadersResponse> call) {
        if (!call.mayWait()) {
            call.answer(new ElectLeadersResponse(0, ErrorCode.REQUEST_TIMED_OUT, List.of()));
            return;
        }
        call.holdConnection();
        List<TopicPartition> partitions = partitions(request, cluster.get());
        if (type == ElectionType.UNCLEAN) {
            LOG.warn("A client requests unclean elections, partitions: {}", partitions.size());
        }
        List<Election> unanswered = partitions.stream()
                .map(partition -> new Election(partition, ErrorCode.REQUEST_TIMED_OUT, null))
                .toList();
        CompletionStage<ElectLeadersResponse> response = controller
                .elect(type, partitions)
                .toCompletableFuture()
                .completeOnTimeout(unanswered, CONTROLLER_MS_MAX, TimeUnit.MILLISECONDS)
                .thenCompose(elections -> cluster.when(
                                image -> isShown(image, elections), TopicChanges.waitMs(request.timeoutMs()))
                        .thenApplyAsync(
                                shown -> response(elections, request.topicPartitions() == null), call::execute));
        BlockingCalls.answer(call, response);
    }

    /** The partitions of the request. A request that names none means all partitions. */
    private static List<TopicPartition> partitions(ElectLeadersRequest request, ClusterImage image) {
        List<TopicPartition> partitions = new ArrayList<>();
        if (request.topicPartitions() == null) {
            image.topics().values().forEach(topic -> {
                for (int i = 0; i < topic.partitions().size(); i++) {
                    partitions.add(new TopicPartition(topic.name(), i));
                }
            });
        } else {
            for (ElectLeadersRequest.Topic topic : request.topicPartitions()) {
                topic.partitions().forEach(index -> partitions.add(new TopicPartition(topic.topic(), index)));
            }
        }
        return partitions;
    }

    /** @param all whether the request was for all partitions; if so, those that need no election are left out */
    private ElectLeadersResponse response(List<Election> elections, boolean all) {
        ClusterImage image = cluster.get();
        ErrorCode error = ErrorCode.NONE;
        Map<String, List<ElectLeadersResponse.Partition>> byTopic = new LinkedHashMap<>();
        for (Election election : elections) {
            ErrorCode outcome = election.write()
                    .map(write -> isShown(image, write) ? ErrorCode.NONE : ErrorCode.REQUEST_TIMED_OUT)
                    .orElse(election.error());
            if (outcome == ErrorCode.NOT_CONTROLLER) {
                error = outcome;
            }
            if (!all || outcome != ErrorCode.ELECTION_NOT_NEEDED) {
                byTopic.computeIfAbsent(election.partition().topic(), topic -> new ArrayList<>())
                        .add(new ElectLeadersResponse.Partition(
                                election.partition().partition(), outcome, message(outcome)));
            }
        }
        List<ElectLeadersResponse.Topic> topics = new ArrayList<>();
        byTopic.forEach((topic, partitions) -> topics.add(new ElectLeadersResponse.Topic(topic, partitions)));
        return new ElectLeadersResponse(0, error, topics);
    }

    private static boolean isShown(ClusterImage image, List<Election> elections) {
        return elections.stream()
                .flatMap(election -> election.write().stream())
                .allMatch(write -> isShown(image, write));
    }

    private static boolean isShown(ClusterImage image, StateWrite write) {
        return image.partition(write.partition())
                .flatMap(found -> found.state())
                .map(PartitionState::leaderEpoch)
                .filter(epoch -> epoch >= write.next().leaderEpoch())
                .isPresent();
    }

    private static @Nullable String message(ErrorCode error) {
        return switch (error) {
            case ELECTION_NOT_NEEDED -> "the partition is led as requested already";
            case PREFERRED_LEADER_NOT_AVAILABLE -> "the first replica is not in sync: try again when it has caught up";
            case ELIGIBLE_LEADERS_NOT_AVAILABLE -> "no replica is alive: start a broker that holds one";
            case UNKNOWN_TOPIC_OR_PARTITION -> "the partition does not exist";
            case NOT_CONTROLLER -> "this broker is not the controller: ask the controller that Metadata names";
            case REQUEST_TIMED_OUT -> "the new leader was not seen in time, or the state changed meanwhile: try again";
            default -> null;
        };
    }
}
