package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.CreatePartitionsRequest;
import io.tailrace.protocol.message.CreatePartitionsResponse;
import io.tailrace.replication.cluster.PartitionAssignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Adds partitions to topics, and answers when they have leaders. */
public final class CreatePartitionsHandler
        implements RequestHandler<CreatePartitionsRequest, CreatePartitionsResponse> {
    private final TopicChanges topics;
    private final BlockingCalls blocking;

    public CreatePartitionsHandler(TopicChanges topics, BlockingCalls blocking) {
        this.topics = topics;
        this.blocking = blocking;
    }

    @Override
    public ApiKey api() {
        return ApiKey.CREATE_PARTITIONS;
    }

    @Override
    public void handle(CreatePartitionsRequest request, Call<CreatePartitionsResponse> call) {
        blocking.answerLater(
                BlockingCalls.Kind.CLUSTER_CHANGE,
                call,
                () -> grow(request, call),
                () -> response(ChangeOutcomes.overloaded(request.topics())));
    }

    private CompletionStage<CreatePartitionsResponse> grow(
            CreatePartitionsRequest request, Call<CreatePartitionsResponse> call) {
        TopicChanges.PartitionAllowance allowance = new TopicChanges.PartitionAllowance();
        ChangeOutcomes<CreatePartitionsRequest.Topic> outcomes =
                topics.change(request.topics(), topic -> "topic " + topic.name(), topic -> {
                    List<PartitionAssignment> added = added(topic);
                    if (request.validateOnly()) {
                        topics.validateGrowth(topic.name(), topic.count(), added, allowance);
                    } else {
                        topics.grow(topic.name(), topic.count(), added, allowance);
                    }
                });
        if (request.validateOnly()) {
            return CompletableFuture.completedStage(response(outcomes));
        }
        Map<String, Integer> grown = outcomes.made().stream()
                .collect(Collectors.toMap(CreatePartitionsRequest.Topic::name, CreatePartitionsRequest.Topic::count));
        return topics.whenLed(grown, request.timeoutMs())
                .thenApplyAsync(
                        led -> response(outcomes.confirm(
                                led,
                                "partitions are added, but not every one had a leader after "
                                        + TopicChanges.waitMs(request.timeoutMs()) + " ms")),
                        call::execute);
    }

    private static List<PartitionAssignment> added(CreatePartitionsRequest.Topic topic) {
        List<PartitionAssignment> added = new ArrayList<>();
        if (topic.assignments() != null) {
            topic.assignments().forEach(each -> added.add(CreateTopicsHandler.assignment(each.brokerIds())));
        }
        return added;
    }

    private static CreatePartitionsResponse response(ChangeOutcomes<CreatePartitionsRequest.Topic> outcomes) {
        return new CreatePartitionsResponse(
                0,
                outcomes.answers((topic, outcome) ->
                        new CreatePartitionsResponse.Result(topic.name(), outcome.error(), outcome.message())));
    }
}
