package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListOffsetsResponse;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Looks up offsets by time, with one request to each leader. */
final class OffsetLookup {
    private OffsetLookup() {}

    /**
     * A leader's answer for a partition.
     *
     * @param error why there is no offset, or {@link ErrorCode#NONE}
     * @param offset the offset, or -1 if no record is that late
     */
    record Found(ErrorCode error, long offset) {}

    /** Looks up the offset of each partition at a timestamp. Never fails; errors are reported by partition. */
    static CompletableFuture<Map<TopicPartition, Found>> find(
            Network network, MetadataSnapshot snapshot, Map<TopicPartition, Long> timestampsMs, int timeoutMs) {
        Map<TopicPartition, Found> found = new HashMap<>();
        Map<InetSocketAddress, Map<TopicPartition, ListOffsetsRequest.Partition>> byLeader = new LinkedHashMap<>();
        timestampsMs.forEach((partition, timestampMs) -> {
            MetadataSnapshot.Leader leader = snapshot.leader(partition);
            InetSocketAddress address = leader == null ? null : leader.address();
            if (leader == null || address == null) {
                found.put(partition, new Found(ErrorCode.LEADER_NOT_AVAILABLE, -1));
            } else {
                byLeader.computeIfAbsent(address, broker -> new LinkedHashMap<>())
                        .put(
                                partition,
                                new ListOffsetsRequest.Partition(partition.partition(), leader.epoch(), timestampMs));
            }
        });
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        byLeader.forEach((broker, partitions) ->
                answers.add(network.send(broker, request(partitions), timeoutMs).handle((answer, failure) -> {
                    synchronized (found) {
                        if (failure != null) {
                            ErrorCode error = Retry.errorOf(failure);
                            partitions.keySet().forEach(partition -> found.put(partition, new Found(error, -1)));
                        } else {
                            put(answer, found);
                        }
                    }
                    return null;
                })));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    synchronized (found) {
                        return Map.copyOf(found);
                    }
                });
    }

    private static ListOffsetsRequest request(Map<TopicPartition, ListOffsetsRequest.Partition> partitions) {
        Map<String, List<ListOffsetsRequest.Partition>> topics = new LinkedHashMap<>();
        partitions.forEach((partition, body) -> topics.computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                .add(body));
        List<ListOffsetsRequest.Topic> body = new ArrayList<>();
        topics.forEach((topic, list) -> body.add(new ListOffsetsRequest.Topic(topic, list)));
        return new ListOffsetsRequest(-1, (byte) 0, body);
    }

    private static void put(ListOffsetsResponse answer, Map<TopicPartition, Found> found) {
        for (ListOffsetsResponse.Topic topic : answer.topics()) {
            for (ListOffsetsResponse.Partition partition : topic.partitions()) {
                found.put(
                        new TopicPartition(topic.name(), partition.partitionIndex()),
                        new Found(partition.errorCode(), partition.offset()));
            }
        }
    }
}
