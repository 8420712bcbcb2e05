package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.AlterPartitionReassignmentsRequest;
import io.tailrace.protocol.message.AlterPartitionReassignmentsResponse;
import io.tailrace.protocol.message.AlterReplicaLogDirsRequest;
import io.tailrace.protocol.message.AlterReplicaLogDirsResponse;
import io.tailrace.protocol.message.DescribeLogDirsRequest;
import io.tailrace.protocol.message.DescribeLogDirsResponse;
import io.tailrace.protocol.message.ElectLeadersRequest;
import io.tailrace.protocol.message.ElectLeadersResponse;
import io.tailrace.protocol.message.ListPartitionReassignmentsRequest;
import io.tailrace.protocol.message.ListPartitionReassignmentsResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Calls about replicas: reassignment, election of leaders, log directories. */
final class ReplicaCalls {
    private final AdminCalls calls;

    ReplicaCalls(AdminCalls calls) {
        this.calls = calls;
    }

    Map<TopicPartition, Reassignment> reassignments() {
        ListPartitionReassignmentsRequest request = new ListPartitionReassignmentsRequest(calls.timeoutMs(), null);
        return calls.call("reassignments", () -> calls.controllerOrAny()
                .thenCompose(broker -> calls.network().send(broker, request, calls.timeoutMs()))
                .thenApply(ReplicaCalls::reassignments));
    }

    private static Map<TopicPartition, Reassignment> reassignments(ListPartitionReassignmentsResponse answer) {
        AdminCalls.check(answer.errorCode(), "reassignments", answer.errorMessage());
        Map<TopicPartition, Reassignment> inProgress = new TreeMap<>();
        for (ListPartitionReassignmentsResponse.Topic topic : answer.topics()) {
            topic.partitions()
                    .forEach(each -> inProgress.put(
                            new TopicPartition(topic.name(), each.partitionIndex()),
                            new Reassignment(each.replicas(), each.addingReplicas(), each.removingReplicas())));
        }
        return inProgress;
    }

    void reassign(Map<TopicPartition, List<Integer>> replicas) {
        change("reassign partitions", replicas, ErrorCode.NONE);
    }

    void cancelReassignments(Collection<TopicPartition> partitions) {
        Map<TopicPartition, @Nullable List<Integer>> none = new HashMap<>();
        partitions.forEach(partition -> none.put(partition, null));
        change("cancel reassignments", none, ErrorCode.NO_REASSIGNMENT_IN_PROGRESS);
    }

    /** @param ignored an error that means that there is nothing to do */
    private void change(
            String what, Map<TopicPartition, ? extends @Nullable List<Integer>> replicas, ErrorCode ignored) {
        if (replicas.isEmpty()) {
            return;
        }
        Map<String, List<AlterPartitionReassignmentsRequest.Partition>> byTopic = new TreeMap<>();
        new TreeMap<>(replicas)
                .forEach((partition, brokers) -> byTopic.computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                        .add(new AlterPartitionReassignmentsRequest.Partition(partition.partition(), brokers)));
        AlterPartitionReassignmentsRequest request = new AlterPartitionReassignmentsRequest(
                calls.timeoutMs(),
                byTopic.entrySet().stream()
                        .map(topic -> new AlterPartitionReassignmentsRequest.Topic(topic.getKey(), topic.getValue()))
                        .toList());
        calls.change(what, calls::controller, request, ErrorCode.NONE, answer -> outcomes(answer, ignored));
    }

    private static Stream<AdminCalls.Outcome> outcomes(AlterPartitionReassignmentsResponse answer, ErrorCode ignored) {
        AdminCalls.check(answer.errorCode(), "reassignments", answer.errorMessage());
        return answer.responses().stream().flatMap(topic -> topic.partitions().stream()
                .map(each -> new AdminCalls.Outcome(
                        topic.name() + "-" + each.partitionIndex(),
                        each.errorCode() == ignored ? ErrorCode.NONE : each.errorCode(),
                        each.errorMessage())));
    }

    Map<TopicPartition, ErrorCode> electPreferredLeaders(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return Map.of();
        }
        Map<String, List<Integer>> byTopic = new TreeMap<>();
        partitions.forEach(partition -> byTopic.computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                .add(partition.partition()));
        ElectLeadersRequest request = new ElectLeadersRequest(
                ElectLeadersRequest.PREFERRED,
                byTopic.entrySet().stream()
                        .map(topic -> new ElectLeadersRequest.Topic(topic.getKey(), topic.getValue()))
                        .toList(),
                calls.timeoutMs());
        return calls.call("elect preferred leaders", () -> calls.controller()
                .thenCompose(controller -> calls.network().send(controller, request, calls.timeoutMs()))
                .thenApply(ReplicaCalls::elections));
    }

    private static Map<TopicPartition, ErrorCode> elections(ElectLeadersResponse answer) {
        AdminCalls.check(answer.errorCode(), "elect preferred leaders", null);
        Map<TopicPartition, ErrorCode> outcomes = new TreeMap<>();
        for (ElectLeadersResponse.Topic topic : answer.replicaElectionResults()) {
            topic.partitionResult()
                    .forEach(each ->
                            outcomes.put(new TopicPartition(topic.topic(), each.partitionId()), each.errorCode()));
        }
        return outcomes;
    }

    List<LogDirectoryDescription> logDirectories(int broker) {
        DescribeLogDirsRequest request = new DescribeLogDirsRequest(null);
        return calls.call("log directories of broker " + broker, () -> calls.broker(broker)
                .thenCompose(address -> calls.network().send(address, request, calls.timeoutMs()))
                .thenApply(answer ->
                        answer.results().stream().map(ReplicaCalls::directory).toList()));
    }

    private static LogDirectoryDescription directory(DescribeLogDirsResponse.Result result) {
        Map<TopicPartition, Long> sizes = new TreeMap<>();
        Map<TopicPartition, LogDirectoryDescription.Copy> copies = new TreeMap<>();
        for (DescribeLogDirsResponse.Topic topic : result.topics()) {
            for (DescribeLogDirsResponse.Partition each : topic.partitions()) {
                TopicPartition partition = new TopicPartition(topic.name(), each.partitionIndex());
                if (each.isFutureKey()) {
                    copies.put(partition, new LogDirectoryDescription.Copy(each.partitionSize(), each.offsetLag()));
                } else {
                    sizes.put(partition, each.partitionSize());
                }
            }
        }
        return new LogDirectoryDescription(result.logDir(), result.errorCode() == ErrorCode.NONE, sizes, copies);
    }

    Map<TopicPartition, ErrorCode> moveReplicas(int broker, Map<TopicPartition, String> directories) {
        if (directories.isEmpty()) {
            return Map.of();
        }
        Map<String, Map<String, List<Integer>>> byPath = new TreeMap<>();
        directories.forEach((partition, path) -> byPath.computeIfAbsent(path, each -> new TreeMap<>())
                .computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                .add(partition.partition()));
        AlterReplicaLogDirsRequest request = new AlterReplicaLogDirsRequest(byPath.entrySet().stream()
                .map(path -> new AlterReplicaLogDirsRequest.Dir(
                        path.getKey(),
                        path.getValue().entrySet().stream()
                                .map(topic -> new AlterReplicaLogDirsRequest.Topic(topic.getKey(), topic.getValue()))
                                .toList()))
                .toList());
        return calls.call("move replicas of broker " + broker, () -> calls.broker(broker)
                .thenCompose(address -> calls.network().send(address, request, calls.timeoutMs()))
                .thenApply(ReplicaCalls::moves));
    }

    private static Map<TopicPartition, ErrorCode> moves(AlterReplicaLogDirsResponse answer) {
        Map<TopicPartition, ErrorCode> outcomes = new TreeMap<>();
        for (AlterReplicaLogDirsResponse.Topic topic : answer.results()) {
            topic.partitions()
                    .forEach(each -> outcomes.put(
                            new TopicPartition(topic.topicName(), each.partitionIndex()), each.errorCode()));
        }
        return outcomes;
    }
}
