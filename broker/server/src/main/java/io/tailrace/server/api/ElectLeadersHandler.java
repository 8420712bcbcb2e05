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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has leaders elected, if this broker is the controller, and answers once it has seen that they are. */
public final class ElectLeadersHandler implements RequestHandler<ElectLeadersRequest, ElectLeadersResponse> {
    private static final Logger LOG = LoggerFactory.getLogger(ElectLeadersHandler.class);
    private static final long WAIT_MS_MAX = 30_000;

    private final Controller controller;
    private final ClusterView cluster;
    private final BlockingCalls blocking;

    /** Has leaders elected by {@code controller}, and waits on the threads of {@code blocking}. */
    public ElectLeadersHandler(Controller controller, ClusterView cluster, BlockingCalls blocking) {
        this.controller = controller;
        this.cluster = cluster;
        this.blocking = blocking;
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
            case ElectLeadersRequest.PREFERRED -> blocking.answer(call, () -> elect(request, ElectionType.PREFERRED));
            case ElectLeadersRequest.UNCLEAN -> blocking.answer(call, () -> elect(request, ElectionType.UNCLEAN));
            default -> call.answer(new ElectLeadersResponse(0, ErrorCode.INVALID_REQUEST, List.of()));
        }
    }

    private static boolean namesNoPartition(ElectLeadersRequest request) {
        return request.topicPartitions() != null
                && request.topicPartitions().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .anyMatch(index -> index < 0);
    }

    private ElectLeadersResponse elect(ElectLeadersRequest request, ElectionType type) {
        List<TopicPartition> partitions = asked(request, cluster.get());
        if (type == ElectionType.UNCLEAN) {
            LOG.warn("a client asks for leaders that may lack records, for {} partitions", partitions.size());
        }
        List<Election> elections;
        try {
            elections =
                    controller.elect(type, partitions).toCompletableFuture().get(WAIT_MS_MAX, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new ElectLeadersResponse(0, ErrorCode.NOT_CONTROLLER, List.of());
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("no answer from the controller on this broker: {}", e.toString());
            return new ElectLeadersResponse(0, ErrorCode.REQUEST_TIMED_OUT, List.of());
        }
        boolean unused = cluster.await(
                image -> elections.stream()
                        .flatMap(election -> election.write().stream())
                        .allMatch(write -> shows(image, write)),
                Math.min(request.timeoutMs(), WAIT_MS_MAX));
        return answer(elections, request.topicPartitions() == null);
    }

    private static List<TopicPartition> asked(ElectLeadersRequest request, ClusterImage image) {
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

    /** @param all whether everything was asked for: then those that led already are not worth a word */
    private ElectLeadersResponse answer(List<Election> elections, boolean all) {
        ClusterImage image = cluster.get();
        ErrorCode error = ErrorCode.NONE;
        Map<String, List<ElectLeadersResponse.Partition>> byTopic = new LinkedHashMap<>();
        for (Election election : elections) {
            ErrorCode outcome = election.write()
                    .map(write -> shows(image, write) ? ErrorCode.NONE : ErrorCode.REQUEST_TIMED_OUT)
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

    private static boolean shows(ClusterImage image, StateWrite write) {
        return image.partition(write.partition())
                .flatMap(found -> found.state())
                .map(PartitionState::leaderEpoch)
                .filter(epoch -> epoch >= write.next().leaderEpoch())
                .isPresent();
    }

    private static @Nullable String message(ErrorCode error) {
        return switch (error) {
            case ELECTION_NOT_NEEDED -> "it has a leader as wanted";
            case PREFERRED_LEADER_NOT_AVAILABLE -> "the first replica is not in sync";
            case ELIGIBLE_LEADERS_NOT_AVAILABLE -> "no replica is up";
            case UNKNOWN_TOPIC_OR_PARTITION -> "it does not exist";
            case NOT_CONTROLLER -> "this broker is not the controller";
            case REQUEST_TIMED_OUT ->
                "the election could not be seen in time, or its state changed meanwhile: try again";
            default -> null;
        };
    }
}
