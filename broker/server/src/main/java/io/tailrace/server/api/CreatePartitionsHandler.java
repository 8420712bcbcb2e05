package io.tailrace.server.api;

import io.tailrace.coordination.TopicException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.CreatePartitionsRequest;
import io.tailrace.protocol.message.CreatePartitionsResponse;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.server.cluster.ClusterView;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

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
        Attempts<CreatePartitionsRequest.Topic> attempts =
                Attempts.of(request.topics(), topic -> grow(topic, request.validateOnly()));
        if (!request.validateOnly()) {
            attempts.await(
                    grown -> topics.awaitLeaders(
                            grown.stream()
                                    .collect(Collectors.toMap(
                                            CreatePartitionsRequest.Topic::name,
                                            CreatePartitionsRequest.Topic::count,
                                            Math::max)),
                            request.timeoutMs()),
                    "partitions are added, but not every one had a leader after " + request.timeoutMs() + " ms");
        }
        return new CreatePartitionsResponse(
                0,
                attempts.answers((topic, outcome) ->
                        new CreatePartitionsResponse.Result(topic.name(), outcome.error(), outcome.message())));
    }

    private void grow(CreatePartitionsRequest.Topic topic, boolean validateOnly) {
        List<PartitionAssignment> added = new ArrayList<>();
        if (topic.assignments() != null) {
            topic.assignments().forEach(each -> added.add(CreateTopicsHandler.assignment(each.brokerIds())));
        }
        if (validateOnly) {
            validate(topic);
        } else {
            topics.grow(topic.name(), topic.count(), added);
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
