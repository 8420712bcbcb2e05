package io.tailrace.server.api;

import io.tailrace.coordination.TopicException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.UuidText;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.cluster.ClusterView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Deletes topics, and answers when they are gone. */
public final class DeleteTopicsHandler implements RequestHandler<DeleteTopicsRequest, DeleteTopicsResponse> {
    private final TopicChanges topics;
    private final ClusterView cluster;
    private final BlockingCalls blocking;

    /** Deletes topics here, on the threads of {@code blocking}. */
    public DeleteTopicsHandler(TopicChanges topics, ClusterView cluster, BlockingCalls blocking) {
        this.topics = topics;
        this.cluster = cluster;
        this.blocking = blocking;
    }

    @Override
    public ApiKey api() {
        return ApiKey.DELETE_TOPICS;
    }

    @Override
    public void handle(DeleteTopicsRequest request, Call<DeleteTopicsResponse> call) {
        blocking.answer(call, () -> delete(request));
    }

    private DeleteTopicsResponse delete(DeleteTopicsRequest request) {
        List<DeleteTopicsRequest.Topic> asked = new ArrayList<>();
        request.topics().forEach(topic -> asked.add(identified(topic)));
        request.topicNames()
                .forEach(name -> asked.add(identified(new DeleteTopicsRequest.Topic(name, ClusterAnswers.NO_ID))));
        Attempts<DeleteTopicsRequest.Topic> attempts = Attempts.of(asked, this::delete)
                .await(
                        deleted -> topics.awaitGone(
                                deleted.stream()
                                        .map(DeleteTopicsRequest.Topic::name)
                                        .collect(Collectors.toSet()),
                                request.timeoutMs()),
                        "topic is marked to be deleted, but was not gone after " + request.timeoutMs() + " ms");
        return new DeleteTopicsResponse(
                0,
                attempts.answers((topic, outcome) -> new DeleteTopicsResponse.Topic(
                        topic.name(), topic.topicId(), outcome.error(), outcome.message())));
    }

    /** The topic with both its name and its id; as it was asked for if there is none. */
    private DeleteTopicsRequest.Topic identified(DeleteTopicsRequest.Topic asked) {
        Optional<TopicImage> found = asked.name() != null
                ? cluster.get().topic(asked.name())
                : cluster.get().topics().values().stream()
                        .filter(topic -> topic.id().equals(asked.topicId()))
                        .findFirst();
        return found.map(topic -> new DeleteTopicsRequest.Topic(topic.name(), topic.id()))
                .orElse(asked);
    }

    private void delete(DeleteTopicsRequest.Topic topic) {
        if (topic.name() == null) {
            throw new TopicException(ErrorCode.UNKNOWN_TOPIC_ID, "no topic has the id " + UuidText.of(topic.topicId()));
        }
        topics.delete(topic.name());
    }
}
