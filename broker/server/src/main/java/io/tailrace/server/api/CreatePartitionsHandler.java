package io.tailrace.server.api;

import io.tailrace.coordination.CoordinationException;
import io.tailrace.coordination.TopicException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.CreatePartitionsRequest;
import io.tailrace.protocol.message.CreatePartitionsResponse;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.server.cluster.ClusterView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives topics more partitions, and answers when those have leaders. */
public final class CreatePartitionsHandler
        implements RequestHandler<CreatePartitionsRequest, CreatePartitionsResponse> {
    private final TopicChanges topics;
    private final ClusterView cluster;
    private final BlockingCalls blocking;

    /** Grows topics here, on the threads of {@code blocking}. */
    public CreatePartitionsHandler(TopicChanges topics, ClusterView cluster, BlockingCalls blocking) {
        this.topics = topics;
        this.cluster = cluster;
        this.blocking = blocking;
    }

    @Override
    public ApiKey api() {
        return ApiKey.CREATE_PARTITIONS;
    }

    @Override
    public void handle(CreatePartitionsRequest request, Call<CreatePartitionsResponse> call) {
        blocking.answer(call, () -> grow(request));
    }

    private CreatePartitionsResponse grow(CreatePartitionsRequest request) {
        List<CreatePartitionsResponse.Result> results = new ArrayList<>();
        Map<String, Integer> grown = new HashMap<>();
        for (CreatePartitionsRequest.Topic topic : request.topics()) {
            CreatePartitionsResponse.Result result = grow(topic, request.validateOnly());
            results.add(result);
            if (result.errorCode() == ErrorCode.NONE && !request.validateOnly()) {
                grown.put(topic.name(), topic.count());
            }
        }
        if (!topics.awaitLeaders(grown, request.timeoutMs())) {
            results.replaceAll(result -> result.errorCode() == ErrorCode.NONE
                    ? new CreatePartitionsResponse.Result(result.name(), ErrorCode.REQUEST_TIMED_OUT, null)
                    : result);
        }
        return new CreatePartitionsResponse(0, results);
    }

    private CreatePartitionsResponse.Result grow(CreatePartitionsRequest.Topic topic, boolean validateOnly) {
        try {
            List<PartitionAssignment> added = new ArrayList<>();
            if (topic.assignments() != null) {
                topic.assignments().forEach(each -> added.add(CreateTopicsHandler.assignment(each.brokerIds())));
            }
            if (validateOnly) {
                validate(topic);
            } else {
                topics.grow(topic.name(), topic.count(), added);
            }
            return new CreatePartitionsResponse.Result(topic.name(), ErrorCode.NONE, null);
        } catch (TopicException e) {
            return new CreatePartitionsResponse.Result(topic.name(), e.error(), e.getMessage());
        } catch (CoordinationException e) {
            return new CreatePartitionsResponse.Result(topic.name(), ErrorCode.REQUEST_TIMED_OUT, e.getMessage());
        }
    }

    private void validate(CreatePartitionsRequest.Topic topic) {
        int now = cluster.get()
                .topic(topic.name())
                .orElseThrow(() -> new TopicException(
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic " + topic.name() + " does not exist"))
                .partitions()
                .size();
        if (topic.count() <= now) {
            throw new TopicException(
                    ErrorCode.INVALID_PARTITIONS,
                    "topic " + topic.name() + " has " + now + " partitions, expected more than that, not "
                            + topic.count());
        }
    }
}
