package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ListPartitionReassignmentsRequest;
import io.tailrace.protocol.message.ListPartitionReassignmentsResponse;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.cluster.ClusterView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Lists the partitions that are being reassigned, as far as this broker has seen. */
public final class ListPartitionReassignmentsHandler
        implements RequestHandler<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse> {
    private final ClusterView cluster;

    /** Answers from this view. */
    public ListPartitionReassignmentsHandler(ClusterView cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKey api() {
        return ApiKey.LIST_PARTITION_REASSIGNMENTS;
    }

    @Override
    public void handle(ListPartitionReassignmentsRequest request, Call<ListPartitionReassignmentsResponse> call) {
        List<ListPartitionReassignmentsResponse.Topic> answers = new ArrayList<>();
        if (request.topics() == null) {
            for (TopicImage topic : cluster.get().topics().values()) {
                addReassigning(
                        answers,
                        topic,
                        IntStream.range(0, topic.partitions().size()).boxed().toList());
            }
        } else {
            for (ListPartitionReassignmentsRequest.Topic asked : request.topics()) {
                Optional<TopicImage> topic = cluster.get().topic(asked.name());
                topic.ifPresent(found -> addReassigning(answers, found, asked.partitionIndexes()));
            }
        }
        call.answer(new ListPartitionReassignmentsResponse(0, ErrorCode.NONE, null, answers));
    }

    private static void addReassigning(
            List<ListPartitionReassignmentsResponse.Topic> answers, TopicImage topic, List<Integer> indexes) {
        List<ListPartitionReassignmentsResponse.Partition> moving = new ArrayList<>();
        for (int index : indexes) {
            if (index >= 0 && index < topic.partitions().size()) {
                PartitionAssignment assignment = topic.partitions().get(index).assignment();
                if (assignment.reassigning()) {
                    moving.add(new ListPartitionReassignmentsResponse.Partition(
                            index, assignment.replicas(), assignment.joining(), assignment.removing()));
                }
            }
        }
        if (!moving.isEmpty()) {
            answers.add(new ListPartitionReassignmentsResponse.Topic(topic.name(), moving));
        }
    }
}
