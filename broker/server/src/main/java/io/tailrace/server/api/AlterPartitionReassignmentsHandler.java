package io.tailrace.server.api;

import io.tailrace.coordination.CoordinationException;
import io.tailrace.coordination.TopicException;
import io.tailrace.coordination.TopicStore;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.AlterPartitionReassignmentsRequest;
import io.tailrace.protocol.message.AlterPartitionReassignmentsResponse;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.server.cluster.ClusterView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Has partitions held by other brokers, or takes that back. Answers once it is under way and this broker has seen that; that
 * it is done is told by the list of those under way.
 */
public final class AlterPartitionReassignmentsHandler
        implements RequestHandler<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse> {
    private static final long WAIT_MS_MAX = 30_000;

    private final TopicStore store;
    private final ClusterView cluster;
    private final BlockingCalls blocking;

    /** Writes to {@code store}, on the threads of {@code blocking}. */
    public AlterPartitionReassignmentsHandler(TopicStore store, ClusterView cluster, BlockingCalls blocking) {
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
        blocking.answer(call, () -> reassign(request));
    }

    private AlterPartitionReassignmentsResponse reassign(AlterPartitionReassignmentsRequest request) {
        List<AlterPartitionReassignmentsResponse.Topic> answers = new ArrayList<>();
        Map<TopicPartition, Optional<List<Integer>>> underWay = new HashMap<>();
        for (AlterPartitionReassignmentsRequest.Topic topic : request.topics()) {
            answers.add(reassign(topic, underWay));
        }
        // Not seen in time, it is under way all the same.
        boolean unused = cluster.await(
                image -> underWay.entrySet().stream().allMatch(each -> shows(image, each.getKey(), each.getValue())),
                Math.min(request.timeoutMs(), WAIT_MS_MAX));
        return new AlterPartitionReassignmentsResponse(0, ErrorCode.NONE, null, answers);
    }

    private AlterPartitionReassignmentsResponse.Topic reassign(
            AlterPartitionReassignmentsRequest.Topic topic, Map<TopicPartition, Optional<List<Integer>>> underWay) {
        Map<Integer, Optional<List<Integer>>> targets = new HashMap<>();
        topic.partitions().forEach(each -> targets.put(each.partitionIndex(), Optional.ofNullable(each.replicas())));
        Map<Integer, TopicException> refused;
        try {
            refused = store.reassign(topic.name(), targets);
        } catch (TopicException e) {
            return refused(topic, e.error(), String.valueOf(e.getMessage()));
        } catch (CoordinationException e) {
            return refused(topic, ErrorCode.REQUEST_TIMED_OUT, String.valueOf(e.getMessage()));
        }
        List<AlterPartitionReassignmentsResponse.Partition> answers = new ArrayList<>();
        targets.forEach((index, target) -> {
            TopicException refusal = refused.get(index);
            if (refusal == null) {
                underWay.put(new TopicPartition(topic.name(), index), target);
                answers.add(new AlterPartitionReassignmentsResponse.Partition(index, ErrorCode.NONE, null));
            } else {
                answers.add(new AlterPartitionReassignmentsResponse.Partition(
                        index, refusal.error(), refusal.getMessage()));
            }
        });
        return new AlterPartitionReassignmentsResponse.Topic(topic.name(), answers);
    }

    private static AlterPartitionReassignmentsResponse.Topic refused(
            AlterPartitionReassignmentsRequest.Topic topic, ErrorCode error, String message) {
        return new AlterPartitionReassignmentsResponse.Topic(
                topic.name(),
                topic.partitions().stream()
                        .map(each -> new AlterPartitionReassignmentsResponse.Partition(
                                each.partitionIndex(), error, message))
                        .toList());
    }

    private static boolean shows(ClusterImage image, TopicPartition partition, Optional<List<Integer>> target) {
        return image.partition(partition)
                .map(found -> isOnItsWay(found.assignment(), target))
                .orElse(true);
    }

    private static boolean isOnItsWay(PartitionAssignment assignment, Optional<List<Integer>> target) {
        return target.map(wanted -> wanted.equals(assignment.target()))
                .orElseGet(() -> assignment.joining().isEmpty());
    }
}
