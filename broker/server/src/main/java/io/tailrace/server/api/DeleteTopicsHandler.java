package io.tailrace.server.api;

import io.tailrace.coordination.CoordinationException;
import io.tailrace.coordination.TopicException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.cluster.ClusterView;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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
        List<DeleteTopicsResponse.Topic> answers = new ArrayList<>();
        Set<String> deleted = new HashSet<>();
        List<DeleteTopicsRequest.Topic> asked = new ArrayList<>(request.topics());
        request.topicNames().forEach(name -> asked.add(new DeleteTopicsRequest.Topic(name, ClusterAnswers.NO_ID)));
        for (DeleteTopicsRequest.Topic topic : asked) {
            DeleteTopicsResponse.Topic answer = delete(topic);
            answers.add(answer);
            if (answer.errorCode() == ErrorCode.NONE && answer.name() != null) {
                deleted.add(answer.name());
            }
        }
        if (!topics.awaitGone(deleted, request.timeoutMs())) {
            answers.replaceAll(answer -> answer.errorCode() == ErrorCode.NONE
                    ? answer(answer.name(), answer.topicId(), ErrorCode.REQUEST_TIMED_OUT, null)
                    : answer);
        }
        return new DeleteTopicsResponse(0, answers);
    }

    private DeleteTopicsResponse.Topic delete(DeleteTopicsRequest.Topic asked) {
        Optional<TopicImage> found = asked.name() != null
                ? cluster.get().topic(asked.name())
                : cluster.get().topics().values().stream()
                        .filter(topic -> topic.id().equals(asked.topicId()))
                        .findFirst();
        if (found.isEmpty()) {
            ErrorCode error = asked.name() != null ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.UNKNOWN_TOPIC_ID;
            return answer(asked.name(), asked.topicId(), error, null);
        }
        String name = found.get().name();
        UUID id = found.get().id();
        try {
            topics.delete(name);
            return answer(name, id, ErrorCode.NONE, null);
        } catch (TopicException e) {
            return answer(name, id, e.error(), e.getMessage());
        } catch (CoordinationException e) {
            return answer(name, id, ErrorCode.REQUEST_TIMED_OUT, e.getMessage());
        }
    }

    private static DeleteTopicsResponse.Topic answer(
            @Nullable String name, UUID id, ErrorCode error, @Nullable String message) {
        return new DeleteTopicsResponse.Topic(name, id, error, message);
    }
}
