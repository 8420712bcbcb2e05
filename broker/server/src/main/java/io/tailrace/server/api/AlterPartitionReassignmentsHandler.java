package io.tailrace.server.api;

import io.tailrace.coordination.TopicException;
import io.tailrace.coordination.TopicStore;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.AlterPartitionReassignmentsRequest;
import io.tailrace.protocol.message.AlterPartitionReassignmentsRequest.Topic;
import io.tailrace.protocol.message.AlterPartitionReassignmentsResponse;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.server.cluster.ClusterView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Starts reassignments of partitions to other brokers, or cancels them. Answers when this broker has seen them start;
 * ListPartitionReassignments lists them until they are complete.
 */
public final class AlterPartitionReassignmentsHandler
        implements RequestHandler<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse> {
    private final TopicStore store;
    private final ClusterView cluster;
    private final TopicChanges topics;
    private final BlockingCalls blocking;

    public AlterPartitionReassignmentsHandler(
            TopicStore store, TopicChanges topics, ClusterView cluster, BlockingCalls blocking) {
        this.topics = topics;
        this.store = store;
        this.cluster = cluster;
        this.blocking = blocking;
    }

    @Override
    public ApiKey api() {
        return ApiKey.ALTER_PARTITION_REASSIGNMENTS;
    }

    @Override
    public void handle(AlterPartitionReassignmentsRequest request, Call<AlterPartitionReassignmentsResponse> call) {
        blocking.answerLater(
                BlockingCalls.Kind.CLUSTER_CHANGE,
                call,
                () -> reassign(request, call),
                () -> response(ChangeOutcomes.overloaded(request.topics()), Map.of()));
    }

    private CompletionStage<AlterPartitionReassignmentsResponse> reassign(
            AlterPartitionReassignmentsRequest request, Call<AlterPartitionReassignmentsResponse> call) {
        Map<TopicPartition, Optional<List<Integer>>> started = new HashMap<>();
        Map<TopicPartition, TopicException> refused = new HashMap<>();
        ChangeOutcomes<Topic> outcomes = topics.change(request.topics(), topic -> "topic " + topic.name(), topic -> {
            Map<Integer, Optional<List<Integer>>> targets = targets(topic);
            Map<Integer, TopicException> reasons = store.reassign(topic.name(), targets);
            targets.forEach((index, target) -> {
                TopicException reason = reasons.get(index);
                if (reason == null) {
                    started.put(new TopicPartition(topic.name(), index), target);
                } else if (index >= 0) {
                    refused.put(new TopicPartition(topic.name(), index), reason);
                }
            });
        });
        // Reassignments that this broker does not see in time have been started anyway.
        return cluster.when(
                        image -> started.entrySet().stream()
                                .allMatch(each -> isShown(image, each.getKey(), each.getValue())),
                        TopicChanges.waitMs(request.timeoutMs()))
                .thenApplyAsync(shown -> response(outcomes, refused), call::execute);
    }

    private static Map<Integer, Optional<List<Integer>>> targets(Topic topic) {
        Map<Integer, Optional<List<Integer>>> targets = new HashMap<>();
        topic.partitions().forEach(each -> {
            if (targets.put(each.partitionIndex(), Optional.ofNullable(each.replicas())) != null) {
                throw new TopicException(
                        ErrorCode.INVALID_REQUEST,
                        "partition " + each.partitionIndex() + " of topic " + topic.name()
                                + " is named twice in the request");
            }
        });
        return targets;
    }

    private static AlterPartitionReassignmentsResponse response(
            ChangeOutcomes<Topic> outcomes, Map<TopicPartition, TopicException> refused) {
        return new AlterPartitionReassignmentsResponse(
                0,
                ErrorCode.NONE,
                null,
                outcomes.answers((topic, outcome) -> new AlterPartitionReassignmentsResponse.Topic(
                        topic.name(),
                        topic.partitions().stream()
                                .map(each -> answer(
                                        each.partitionIndex(),
                                        outcome.error() == ErrorCode.NONE
                                                ? outcome(topic.name(), each.partitionIndex(), refused)
                                                : outcome))
                                .toList())));
    }

    private static ChangeOutcomes.Outcome outcome(
            String topic, int index, Map<TopicPartition, TopicException> refused) {
        if (index < 0) {
            return new ChangeOutcomes.Outcome(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "partition must not be negative, is " + index);
        }
        TopicException reason = refused.get(new TopicPartition(topic, index));
        return reason == null
                ? new ChangeOutcomes.Outcome(ErrorCode.NONE, null)
                : new ChangeOutcomes.Outcome(reason.error(), reason.getMessage());
    }

    private static AlterPartitionReassignmentsResponse.Partition answer(int index, ChangeOutcomes.Outcome outcome) {
        return new AlterPartitionReassignmentsResponse.Partition(index, outcome.error(), outcome.message());
    }

    private static boolean isShown(ClusterImage image, TopicPartition partition, Optional<List<Integer>> target) {
        return image.partition(partition)
                .map(found -> isStarted(found.assignment(), target))
                .orElse(true);
    }

    private static boolean isStarted(PartitionAssignment assignment, Optional<List<Integer>> target) {
        return target.map(wanted -> wanted.equals(assignment.target()))
                .orElseGet(() -> assignment.joining().isEmpty());
    }
}
