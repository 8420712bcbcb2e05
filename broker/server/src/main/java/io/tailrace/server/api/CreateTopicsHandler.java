package io.tailrace.server.api;

import io.tailrace.coordination.TopicException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.replication.cluster.PartitionAssignment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Creates topics, and answers when their partitions have leaders. */
public final class CreateTopicsHandler implements RequestHandler<CreateTopicsRequest, CreateTopicsResponse> {
    private final TopicChanges topics;
    private final BlockingCalls blocking;

    /** Creates topics here, on the threads of {@code blocking}. */
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
        blocking.answer(call, () -> create(request));
    }

    private CreateTopicsResponse create(CreateTopicsRequest request) {
        Set<String> seen = new HashSet<>();
        Attempts<CreateTopicsRequest.Topic> attempts = Attempts.of(request.topics(), topic -> {
            if (!seen.add(topic.name())) {
                throw new TopicException(ErrorCode.INVALID_REQUEST, "topic is named twice in the request");
            }
            create(topic, request.validateOnly());
        });
        if (!request.validateOnly()) {
            attempts.await(
                    created -> topics.awaitLeaders(
                            created.stream().collect(Collectors.toMap(CreateTopicsRequest.Topic::name, topic -> 1)),
                            request.timeoutMs()),
                    "topic is created, but not every partition had a leader after " + request.timeoutMs() + " ms");
        }
        return new CreateTopicsResponse(
                0,
                attempts.answers((topic, outcome) ->
                        new CreateTopicsResponse.Topic(topic.name(), outcome.error(), outcome.message())));
    }

    private void create(CreateTopicsRequest.Topic topic, boolean validateOnly) {
        TopicChanges.Wanted wanted = new TopicChanges.Wanted(
                topic.name(), topic.numPartitions(), topic.replicationFactor(), assignments(topic), configs(topic));
        if (validateOnly) {
            topics.validate(wanted);
        } else {
            topics.create(wanted);
        }
    }

    private static List<PartitionAssignment> assignments(CreateTopicsRequest.Topic topic) {
        List<PartitionAssignment> assignments = new ArrayList<>();
        for (CreateTopicsRequest.Assignment each : topic.assignments().stream()
                .sorted((a, b) -> Integer.compare(a.partitionIndex(), b.partitionIndex()))
                .toList()) {
            if (each.partitionIndex() != assignments.size()) {
                throw new TopicException(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "partitions must be assigned from 0 on without a gap, " + assignments.size() + " is missing");
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
