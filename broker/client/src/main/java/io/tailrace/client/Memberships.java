package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.MetadataRequest;
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

    /** @param coordinator asked on connections of its own, since it holds a JoinGroup until the other members have come */
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
                .thenApply(answer -> answer.topics().stream()
                        .filter(topic -> topic.errorCode() == ErrorCode.NONE)
                        .collect(Collectors.toMap(
                                topic -> Objects.requireNonNull(topic.name()),
                                topic -> topic.partitions().size())));
    }
}
