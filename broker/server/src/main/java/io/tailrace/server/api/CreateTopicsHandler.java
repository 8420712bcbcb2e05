package io.tailrace.server.api;

import io.tailrace.coordination.TopicException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.replication.cluster.PartitionAssignment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Creates topics, and answers when their partitions have leaders. */
public final class CreateTopicsHandler implements RequestHandler<CreateTopicsRequest, CreateTopicsResponse> {
    private final TopicChanges topics;
    private final BlockingCalls blocking;

    public CreateTopicsHandler(TopicChanges topics, BlockingCalls blocking) {
        this.topics = topics;
        this.blocking = blocking;
    }

    @Override
    public ApiKey api() {
        return ApiKey.CREATE_TOPICS;
    }

    @Override
    public void handle(CreateTopicsRequest request, Call<CreateTopicsResponse> call) {
        blocking.answerLater(
                BlockingCalls.Kind.CLUSTER_CHANGE,
                call,
                () -> create(request, call),
                () -> response(ChangeOutcomes.overloaded(request.topics())));
    }

    private CompletionStage<CreateTopicsResponse> create(CreateTopicsRequest request, Call<CreateTopicsResponse> call) {
        TopicChanges.PartitionAllowance allowance = new TopicChanges.PartitionAllowance();
        ChangeOutcomes<CreateTopicsRequest.Topic> outcomes =
                topics.change(request.topics(), topic -> "topic " + topic.name(), topic -> {
                    TopicChanges.NewTopic created = newTopic(topic);
                    if (request.validateOnly()) {
                        topics.validate(created, allowance);
                    } else {
                        topics.create(created, allowance);
                    }
                });
        if (request.validateOnly()) {
            return CompletableFuture.completedStage(response(outcomes));
        }
        Map<String, Integer> created =
                outcomes.made().stream().collect(Collectors.toMap(CreateTopicsRequest.Topic::name, topic -> 1));
        return topics.whenLed(created, request.timeoutMs())
                .thenApplyAsync(
                        led -> response(outcomes.confirm(
                                led,
                                "topic is created, but not every partition had a leader after "
                                        + TopicChanges.waitMs(request.timeoutMs()) + " ms")),
                        call::execute);
    }

    private static CreateTopicsResponse response(ChangeOutcomes<CreateTopicsRequest.Topic> outcomes) {
        return new CreateTopicsResponse(
                0,
                outcomes.answers((topic, outcome) ->
                        new CreateTopicsResponse.Topic(topic.name(), outcome.error(), outcome.message())));
    }

    private static TopicChanges.NewTopic newTopic(CreateTopicsRequest.Topic topic) {
        return new TopicChanges.NewTopic(
                topic.name(), topic.numPartitions(), topic.replicationFactor(), assignments(topic), configs(topic));
    }

    private static List<PartitionAssignment> assignments(CreateTopicsRequest.Topic topic) {
        List<PartitionAssignment> assignments = new ArrayList<>();
        for (CreateTopicsRequest.Assignment each : topic.assignments().stream()
                .sorted((a, b) -> Integer.compare(a.partitionIndex(), b.partitionIndex()))
                .toList()) {
            if (each.partitionIndex() != assignments.size()) {
                throw new TopicException(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "replicas must be assigned to each partition once, from 0 on: expected partition "
                                + assignments.size() + ", found " + each.partitionIndex());
            }
            assignments.add(assignment(each.brokerIds()));
        }
        return assignments;
    }

    static PartitionAssignment assignment(List<Integer> brokerIds) {
        try {
            return PartitionAssignment.of(brokerIds);
        } catch (IllegalArgumentException e) {
            throw new TopicException(ErrorCode.INVALID_REPLICA_ASSIGNMENT, String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, String> configs(CreateTopicsRequest.Topic topic) {
        Map<String, String> configs = new HashMap<>();
        for (CreateTopicsRequest.Config config : topic.configs()) {
            if (config.value() != null) {
                configs.put(config.name(), config.value());
            }
        }
        return configs;
    }
}
