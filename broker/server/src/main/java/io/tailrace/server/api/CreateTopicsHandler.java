package io.tailrace.server.api;

import io.tailrace.coordination.TopicException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.DescribeConfigsResponse;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.server.config.TopicDefaults;
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
    private final TopicDefaults defaults;
    private final BlockingCalls blocking;

    /** @param defaults of the settings that an answer shows */
    public CreateTopicsHandler(TopicChanges topics, TopicDefaults defaults, BlockingCalls blocking) {
        this.topics = topics;
        this.defaults = defaults;
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

    private CreateTopicsResponse response(ChangeOutcomes<CreateTopicsRequest.Topic> outcomes) {
        return new CreateTopicsResponse(
                0,
                outcomes.answers((topic, outcome) -> outcome.error() == ErrorCode.NONE
                        ? created(newTopic(topic))
                        : CreateTopicsResponse.Topic.failed(topic.name(), outcome.error(), outcome.message())));
    }

    private CreateTopicsResponse.Topic created(TopicChanges.NewTopic topic) {
        TopicChanges.NewTopic complete = topics.withDefaults(topic);
        List<CreateTopicsResponse.Config> configs = new ArrayList<>();
        defaults.all().forEach((name, otherwise) -> {
            String own = complete.configs().get(name);
            byte source = own != null ? DescribeConfigsResponse.SOURCE_TOPIC : DescribeConfigsHandler.source(otherwise);
            configs.add(
                    new CreateTopicsResponse.Config(name, own != null ? own : otherwise.text(), false, source, false));
        });
        return new CreateTopicsResponse.Topic(
                complete.name(),
                ErrorCode.NONE,
                null,
                ErrorCode.NONE,
                complete.partitions(),
                (short) complete.replicationFactor(),
                configs);
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
