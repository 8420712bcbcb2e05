package io.tailrace.server.api;

import io.tailrace.coordination.TopicException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.UuidText;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.cluster.ClusterView;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Deletes topics, and answers when they are deleted. */
public final class DeleteTopicsHandler implements RequestHandler<DeleteTopicsRequest, DeleteTopicsResponse> {
    private final TopicChanges topics;
    private final ClusterView cluster;
    private final BlockingCalls blocking;

    /** @param cluster for the names of topics that a client calls by their ids */
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
        List<DeleteTopicsRequest.Topic> requested = new ArrayList<>(request.topics());
        request.topicNames().forEach(name -> requested.add(new DeleteTopicsRequest.Topic(name, ClusterAnswers.NO_ID)));
        blocking.answerLater(
                BlockingCalls.Kind.CLUSTER_CHANGE,
                call,
                () -> delete(identified(requested), request.timeoutMs(), call),
                () -> response(ChangeOutcomes.overloaded(requested)));
    }

    private CompletionStage<DeleteTopicsResponse> delete(
            List<DeleteTopicsRequest.Topic> requested, int timeoutMs, Call<DeleteTopicsResponse> call) {
        ChangeOutcomes<DeleteTopicsRequest.Topic> outcomes =
                topics.change(requested, DeleteTopicsHandler::name, this::delete);
        Set<String> deleted = new HashSet<>();
        outcomes.made().forEach(topic -> deleted.add(Objects.requireNonNull(topic.name())));
        return topics.whenDeleted(deleted, timeoutMs)
                .thenApplyAsync(
                        gone -> response(outcomes.confirm(
                                gone,
                                "topic is marked for deletion, but was not deleted after "
                                        + TopicChanges.waitMs(timeoutMs) + " ms")),
                        call::execute);
    }

    private void delete(DeleteTopicsRequest.Topic topic) {
        if (topic.name() == null) {
            throw new TopicException(
                    ErrorCode.UNKNOWN_TOPIC_ID,
                    "expected exactly one " + name(topic) + ", found none or several: delete by name");
        }
        topics.delete(topic.name());
    }

    private static String name(DeleteTopicsRequest.Topic topic) {
        return topic.name() == null ? "topic with the id " + UuidText.of(topic.topicId()) : "topic " + topic.name();
    }

    /** The requested topics with both names and ids, as far as they exist. An id that two topics have identifies none. */
    private List<DeleteTopicsRequest.Topic> identified(List<DeleteTopicsRequest.Topic> requested) {
        ClusterImage image = cluster.get();
        Map<UUID, List<TopicImage>> byId = requested.stream().allMatch(topic -> topic.name() != null)
                ? Map.of()
                : image.topics().values().stream().collect(Collectors.groupingBy(TopicImage::id));
        return requested.stream()
                .map(topic -> {
                    List<TopicImage> found = topic.name() == null
                            ? byId.getOrDefault(topic.topicId(), List.of())
                            : image.topic(topic.name()).stream().toList();
                    return found.size() == 1
                            ? new DeleteTopicsRequest.Topic(
                                    found.get(0).name(), found.get(0).id())
                            : topic;
                })
                .toList();
    }

    private static DeleteTopicsResponse response(ChangeOutcomes<DeleteTopicsRequest.Topic> outcomes) {
        return new DeleteTopicsResponse(
                0,
                outcomes.answers((topic, outcome) -> new DeleteTopicsResponse.Topic(
                        topic.name(), topic.topicId(), outcome.error(), outcome.message())));
    }
}
