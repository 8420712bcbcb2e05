package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.DeleteRecordsRequest;
import io.tailrace.protocol.message.DeleteRecordsResponse;
import io.tailrace.protocol.message.MetadataResponse;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Deletes records, with one request to each leader. A deletion is idempotent, so it can be retried. */
final class RecordDeletion {
    private final AdminCalls calls;

    RecordDeletion(AdminCalls calls) {
        this.calls = calls;
    }

    Map<TopicPartition, Long> delete(Map<TopicPartition, Long> offsets) {
        Map<TopicPartition, Long> done = new ConcurrentHashMap<>();
        if (!offsets.isEmpty()) {
            boolean unused = calls.call("delete records", () -> attempt(offsets, done));
        }
        return new TreeMap<>(done);
    }

    /** Deletes the records that no earlier attempt has deleted. */
    private CompletableFuture<Boolean> attempt(Map<TopicPartition, Long> offsets, Map<TopicPartition, Long> done) {
        Map<TopicPartition, Long> left = new TreeMap<>(offsets);
        left.keySet().removeAll(done.keySet());
        return calls.metadata(left.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet()))
                .thenCompose(answer -> {
                    List<CompletableFuture<Void>> sent = new ArrayList<>();
                    byLeader(left, answer)
                            .forEach((leader, topics) -> sent.add(calls.network()
                                    .send(leader, request(topics), calls.timeoutMs())
                                    .thenAccept(deleted -> take(deleted, done))));
                    return CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new));
                })
                .thenApply(all -> true);
    }

    private static Map<InetSocketAddress, Map<String, List<DeleteRecordsRequest.Partition>>> byLeader(
            Map<TopicPartition, Long> offsets, MetadataResponse answer) {
        answer.topics().forEach(topic -> AdminCalls.checkExisting(topic.errorCode(), "topic " + topic.name(), null));
        MetadataSnapshot snapshot = MetadataSnapshot.EMPTY.updated(answer);
        Map<InetSocketAddress, Map<String, List<DeleteRecordsRequest.Partition>>> byLeader = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            if (partition.partition() >= snapshot.partitionCount(partition.topic())) {
                throw new AdminCalls.UnknownTopicException(partition.toString());
            }
            MetadataSnapshot.Leader leader = snapshot.leader(partition);
            InetSocketAddress address = leader == null ? null : leader.address();
            if (address == null) {
                throw new ClientException(ErrorCode.LEADER_NOT_AVAILABLE, partition + " has no leader");
            }
            byLeader.computeIfAbsent(address, broker -> new LinkedHashMap<>())
                    .computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                    .add(new DeleteRecordsRequest.Partition(partition.partition(), offset));
        });
        return byLeader;
    }

    private DeleteRecordsRequest request(Map<String, List<DeleteRecordsRequest.Partition>> topics) {
        return new DeleteRecordsRequest(
                topics.entrySet().stream()
                        .map(topic -> new DeleteRecordsRequest.Topic(topic.getKey(), topic.getValue()))
                        .toList(),
                calls.timeoutMs());
    }

    private static void take(DeleteRecordsResponse answer, Map<TopicPartition, Long> done) {
        Map<TopicPartition, ErrorCode> failed = new TreeMap<>();
        for (DeleteRecordsResponse.Topic topic : answer.topics()) {
            for (DeleteRecordsResponse.Partition each : topic.partitions()) {
                TopicPartition partition = new TopicPartition(topic.name(), each.partitionIndex());
                if (each.errorCode() == ErrorCode.NONE) {
                    done.put(partition, each.lowWatermark());
                } else {
                    failed.put(partition, each.errorCode());
                }
            }
        }
        failed.forEach((partition, error) -> AdminCalls.check(error, partition.toString(), reason(error)));
    }

    private static String reason(ErrorCode error) {
        return switch (error) {
            case OFFSET_OUT_OF_RANGE -> "expected an offset up to the high watermark";
            case POLICY_VIOLATION -> "its topic is only compacted: add delete to its cleanup.policy";
            case REQUEST_TIMED_OUT -> "its leader has deleted the records, but a replica in sync has not followed";
            default -> "no records were deleted";
        };
    }
}
