package io.tailrace.server.api;

import io.tailrace.coordination.CoordinationException;
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
        List<CreateTopicsResponse.Topic> answers = new ArrayList<>();
        Map<String, Integer> created = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (CreateTopicsRequest.Topic topic : request.topics()) {
            CreateTopicsResponse.Topic answer = seen.add(topic.name())
                    ? create(topic, request.validateOnly())
                    : refused(topic, ErrorCode.INVALID_REQUEST, "topic is named twice in the request");
            answers.add(answer);
            if (answer.errorCode() == ErrorCode.NONE && !request.validateOnly()) {
                created.put(topic.name(), 1);
            }
        }
        if (!topics.awaitLeaders(created, request.timeoutMs())) {
            answers.replaceAll(answer -> answer.errorCode() == ErrorCode.NONE
                    ? new CreateTopicsResponse.Topic(
                            answer.name(),
                            ErrorCode.REQUEST_TIMED_OUT,
                            "topic is created, but not every partition had a leader after " + request.timeoutMs()
                                    + " ms")
                    : answer);
        }
        return new CreateTopicsResponse(0, answers);
    }

    private CreateTopicsResponse.Topic create(CreateTopicsRequest.Topic topic, boolean validateOnly) {
        try {
            TopicChanges.Wanted wanted = new TopicChanges.Wanted(
                    topic.name(), topic.numPartitions(), topic.replicationFactor(), assignments(topic), configs(topic));
            if (validateOnly) {
                topics.validate(wanted);
            } else {
                topics.create(wanted);
            }
            return new CreateTopicsResponse.Topic(topic.name(), ErrorCode.NONE, null);
        } catch (TopicException e) {
            return refused(topic, e.error(), String.valueOf(e.getMessage()));
        } catch (CoordinationException e) {
            return refused(topic, ErrorCode.REQUEST_TIMED_OUT, String.valueOf(e.getMessage()));
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

    private static CreateTopicsResponse.Topic refused(
            CreateTopicsRequest.Topic topic, ErrorCode error, String message) {
        return new CreateTopicsResponse.Topic(topic.name(), error, message);
    }
}
