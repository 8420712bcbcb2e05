package io.tailrace.server.api;

import io.tailrace.coordination.TopicNames;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.cluster.ClusterView;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Describes brokers, topics and leaders. Creates topics that a client asks for, where that is allowed. */
public final class MetadataHandler implements RequestHandler<MetadataRequest, MetadataResponse> {
    /** Bound on the topics that one request creates; the client retries for the others. */
    private static final int CREATED_MAX = 100;

    /** In earlier versions the name in an answer cannot be null. */
    private static final short FIRST_WITH_NULL_NAMES = 12;

    private static final UUID NO_ID = new UUID(0, 0);

    private final ClusterView cluster;
    private final TopicChanges topics;
    private final boolean createsTopics;
    private final BlockingCalls blocking;

    /** @param createsTopics {@code auto.create.topics.enable} */
    public MetadataHandler(ClusterView cluster, TopicChanges topics, boolean createsTopics, BlockingCalls blocking) {
        this.cluster = cluster;
        this.topics = topics;
        this.createsTopics = createsTopics;
        this.blocking = blocking;
    }

    @Override
    public ApiKey api() {
        return ApiKey.METADATA;
    }

    @Override
    public void handle(MetadataRequest request, Call<MetadataResponse> call) {
        ClusterImage image = cluster.get();
        Set<String> missing = createsTopics && request.allowAutoTopicCreation() ? missing(request, image) : Set.of();
        if (missing.isEmpty()) {
            call.answer(answer(request, image, call));
            return;
        }
        blocking.answerLater(
                BlockingCalls.Kind.CLUSTER_CHANGE,
                call,
                () -> topics.createAutomatically(missing)
                        .thenApplyAsync(led -> answer(request, cluster.get(), call), call::execute),
                () -> answer(request, cluster.get(), call));
    }

    private static Set<String> missing(MetadataRequest request, ClusterImage image) {
        Set<String> missing = new LinkedHashSet<>();
        for (MetadataRequest.Topic topic : asked(request)) {
            String name = topic.name();
            if (name != null
                    && !isById(topic)
                    && missing.size() < CREATED_MAX
                    && image.topic(name).isEmpty()
                    && TopicNames.isValid(name)) {
                missing.add(name);
            }
        }
        return missing;
    }

    private static List<MetadataRequest.Topic> asked(MetadataRequest request) {
        List<MetadataRequest.Topic> asked = request.topics();
        return asked == null ? List.of() : asked;
    }

    private static MetadataResponse answer(MetadataRequest request, ClusterImage image, Call<MetadataResponse> call) {
        String listener = call.listener();
        boolean all = request.topics() == null
                || (call.header().version() == 0 && asked(request).isEmpty());
        List<MetadataResponse.Topic> answers = new ArrayList<>();
        if (all) {
            image.topics().values().stream()
                    .filter(topic -> !image.deleting().contains(topic.name()))
                    .forEach(topic -> answers.add(ClusterAnswers.topic(image, topic, listener)));
        } else {
            Map<UUID, TopicImage> byId = byId(request, image);
            for (MetadataRequest.Topic topic : new LinkedHashSet<>(asked(request))) {
                answers.add(answer(topic, image, byId, call));
            }
        }
        return new MetadataResponse(
                0,
                ClusterAnswers.brokers(image, listener),
                image.clusterId(),
                image.controllerId(),
                answers,
                ClusterAnswers.OPERATIONS_UNKNOWN);
    }

    /** Clients that ask by id leave the name empty, or null. */
    private static boolean isById(MetadataRequest.Topic topic) {
        return topic.name() == null || !topic.topicId().equals(NO_ID);
    }

    /** All topics by id, if the request asks for any by id. */
    private static Map<UUID, TopicImage> byId(MetadataRequest request, ClusterImage image) {
        return asked(request).stream().noneMatch(MetadataHandler::isById)
                ? Map.of()
                : image.topics().values().stream()
                        .collect(Collectors.toMap(TopicImage::id, topic -> topic, (first, second) -> first));
    }

    private static MetadataResponse.Topic answer(
            MetadataRequest.Topic asked, ClusterImage image, Map<UUID, TopicImage> byId, Call<MetadataResponse> call) {
        String listener = call.listener();
        String name = asked.name();
        if (name == null || isById(asked)) {
            @Nullable TopicImage found = byId.get(asked.topicId());
            return found != null
                    ? ClusterAnswers.topic(image, found, listener)
                    : new MetadataResponse.Topic(
                            ErrorCode.UNKNOWN_TOPIC_ID,
                            call.header().version() < FIRST_WITH_NULL_NAMES ? "" : null,
                            asked.topicId(),
                            false,
                            List.of(),
                            ClusterAnswers.OPERATIONS_UNKNOWN);
        }
        if (!TopicNames.isValid(name)) {
            return ClusterAnswers.missing(ErrorCode.INVALID_TOPIC_EXCEPTION, name);
        }
        return image.topic(name)
                .filter(topic -> !image.deleting().contains(name))
                .map(topic -> ClusterAnswers.topic(image, topic, listener))
                .orElseGet(() -> ClusterAnswers.missing(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, name));
    }
}
