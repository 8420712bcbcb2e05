package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Creates memberships of a group by either protocol. */
final class Memberships {
    private final Coordinator coordinator;
    private final ConsumerContext context;
    private final TopicIds topicIds;

    /** @param coordinator uses connections of its own, because it holds a JoinGroup until the other members have joined */
    Memberships(Coordinator coordinator, ConsumerContext context) {
        this.coordinator = coordinator;
        this.context = context;
        this.topicIds = new TopicIds(context);
    }

    Membership consumer() {
        return new ConsumerMembership(coordinator, context, topicIds);
    }

    Membership classic() {
        return new ClassicMembership(coordinator, context, this::partitionCounts);
    }

    private CompletableFuture<Map<String, Integer>> partitionCounts(Collection<String> topics) {
        List<MetadataRequest.Topic> names =
                topics.stream().map(MetadataRequest.Topic::new).toList();
        MetadataRequest request = new MetadataRequest(names, false, false, false);
        return context.network()
                .send(context.metadata().anyBroker(), request, context.timeoutMs())
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        context.metadata().avoidBroker();
                    }
                })
                .thenApply(answer -> answer.topics().stream()
                        .filter(Memberships::exists)
                        .collect(Collectors.toMap(
                                topic -> Objects.requireNonNull(topic.name()),
                                topic -> topic.partitions().size())));
    }

    /** Throws for a temporary error, because no member would get the topic if it seemed to have no partitions. */
    private static boolean exists(MetadataResponse.Topic topic) {
        ErrorCode error = topic.errorCode();
        if (error.retriable() && error != ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
            throw new ClientException(error, "topic " + topic.name() + ": " + error);
        }
        return error == ErrorCode.NONE;
    }
}
