package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListOffsetsResponse;
import io.tailrace.protocol.message.OffsetForLeaderEpochRequest;
import io.tailrace.protocol.message.OffsetForLeaderEpochResponse;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Looks up offsets by time, and ends of leader epochs, with one request to each leader. */
final class OffsetLookup {
    private final Network network;
    private final MetadataSnapshot snapshot;
    private final int timeoutMs;

    /** Look-ups at the leaders of a snapshot. */
    OffsetLookup(Network network, MetadataSnapshot snapshot, int timeoutMs) {
        this.network = network;
        this.snapshot = snapshot;
        this.timeoutMs = timeoutMs;
    }

    /**
     * A leader's answer for a partition.
     *
     * @param error why there is no offset, or {@link ErrorCode#NONE}
     * @param offset the offset, or -1 if there is none
     * @param leaderEpoch the leader epoch that belongs to it, or -1 if it is not known
     */
    record Found(ErrorCode error, long offset, int leaderEpoch) {
        static Found error(ErrorCode error) {
            return new Found(error, -1, -1);
        }
    }

    /** Looks up the offset of each partition at a timestamp. Never fails; errors are reported by partition. */
    static CompletableFuture<Map<TopicPartition, Found>> find(
            Network network,
            MetadataSnapshot snapshot,
            Map<TopicPartition, Long> timestampsMs,
            IsolationLevel isolation,
            int timeoutMs) {
        return new OffsetLookup(network, snapshot, timeoutMs)
                .ask(
                        timestampsMs.keySet(),
                        leaders -> new ListOffsetsRequest(
                                -1,
                                isolation.wire(),
                                byTopic(
                                        leaders,
                                        (partition, leader) -> new ListOffsetsRequest.Partition(
                                                partition.partition(),
                                                leader.epoch(),
                                                Objects.requireNonNull(timestampsMs.get(partition))),
                                        ListOffsetsRequest.Topic::new)),
                        OffsetLookup::put);
    }

    /**
     * Looks up where the largest leader epoch up to the given one ends in each partition, as far as consumers see the log. Never
     * fails; errors are reported by partition.
     */
    CompletableFuture<Map<TopicPartition, Found>> epochEnds(Map<TopicPartition, Integer> epochs) {
        return ask(
                epochs.keySet(),
                leaders -> new OffsetForLeaderEpochRequest(
                        OffsetForLeaderEpochRequest.CONSUMER,
                        byTopic(
                                leaders,
                                (partition, leader) -> new OffsetForLeaderEpochRequest.Partition(
                                        partition.partition(),
                                        leader.epoch(),
                                        Objects.requireNonNull(epochs.get(partition))),
                                OffsetForLeaderEpochRequest.Topic::new)),
                OffsetLookup::put);
    }

    private <R extends Response> CompletableFuture<Map<TopicPartition, Found>> ask(
            Collection<TopicPartition> partitions,
            Function<Map<TopicPartition, MetadataSnapshot.Leader>, Request<R>> request,
            BiConsumer<R, Map<TopicPartition, Found>> put) {
        Map<TopicPartition, Found> found = new HashMap<>();
        Map<InetSocketAddress, Map<TopicPartition, MetadataSnapshot.Leader>> byLeader = new LinkedHashMap<>();
        for (TopicPartition partition : partitions) {
            MetadataSnapshot.Leader leader = snapshot.leader(partition);
            InetSocketAddress address = leader == null ? null : leader.address();
            if (leader == null || address == null) {
                found.put(partition, Found.error(ErrorCode.LEADER_NOT_AVAILABLE));
            } else {
                byLeader.computeIfAbsent(address, broker -> new LinkedHashMap<>())
                        .put(partition, leader);
            }
        }
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        byLeader.forEach((broker, leaders) -> answers.add(
                network.send(broker, request.apply(leaders), timeoutMs).handle((answer, failure) -> {
                    synchronized (found) {
                        if (failure != null) {
                            Found error = Found.error(Retry.errorOf(failure));
                            leaders.keySet().forEach(partition -> found.put(partition, error));
                        } else {
                            put.accept(answer, found);
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

    @FunctionalInterface
    private interface PartitionBody<P> {
        P of(TopicPartition partition, MetadataSnapshot.Leader leader);
    }

    @FunctionalInterface
    private interface TopicBody<T, P> {
        T of(String topic, List<P> partitions);
    }

    private static <T, P> List<T> byTopic(
            Map<TopicPartition, MetadataSnapshot.Leader> leaders, PartitionBody<P> body, TopicBody<T, P> topicBody) {
        Map<String, List<P>> topics = new LinkedHashMap<>();
        leaders.forEach((partition, leader) -> topics.computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                .add(body.of(partition, leader)));
        List<T> bodies = new ArrayList<>();
        topics.forEach((topic, partitions) -> bodies.add(topicBody.of(topic, partitions)));
        return bodies;
    }

    private static void put(ListOffsetsResponse answer, Map<TopicPartition, Found> found) {
        for (ListOffsetsResponse.Topic topic : answer.topics()) {
            for (ListOffsetsResponse.Partition partition : topic.partitions()) {
                found.put(
                        new TopicPartition(topic.name(), partition.partitionIndex()),
                        new Found(partition.errorCode(), partition.offset(), partition.leaderEpoch()));
            }
        }
    }

    private static void put(OffsetForLeaderEpochResponse answer, Map<TopicPartition, Found> found) {
        for (OffsetForLeaderEpochResponse.Topic topic : answer.topics()) {
            for (OffsetForLeaderEpochResponse.Partition partition : topic.partitions()) {
                found.put(
                        new TopicPartition(topic.topic(), partition.partition()),
                        new Found(partition.errorCode(), partition.endOffset(), partition.leaderEpoch()));
            }
        }
    }
}
