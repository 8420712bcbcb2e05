package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads and commits a group's offsets at its coordinator. Each call is one attempt. Thread-safe. */
final class GroupOffsetCalls {
    private final Coordinator coordinator;

    GroupOffsetCalls(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    /** Commits offsets (exclusive: the next to be read). Fails with the first partition's error. */
    CompletableFuture<Boolean> commit(Map<TopicPartition, Long> offsets, MemberIdentity member) {
        Map<String, List<OffsetCommitRequest.Partition>> topics = new LinkedHashMap<>();
        offsets.forEach((partition, offset) -> topics.computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                .add(new OffsetCommitRequest.Partition(partition.partition(), offset, -1, "")));
        List<OffsetCommitRequest.Topic> body = new ArrayList<>();
        topics.forEach((topic, partitions) -> body.add(new OffsetCommitRequest.Topic(topic, partitions)));
        OffsetCommitRequest request = new OffsetCommitRequest(
                coordinator.key(),
                member.epoch(),
                member.memberId(),
                member.instanceId().orElse(null),
                -1,
                body);
        return coordinator.ask(request, this::committed);
    }

    private boolean committed(OffsetCommitResponse answer) {
        for (OffsetCommitResponse.Topic topic : answer.topics()) {
            for (OffsetCommitResponse.Partition partition : topic.partitions()) {
                coordinator.check(
                        partition.errorCode(), new TopicPartition(topic.name(), partition.partitionIndex()).toString());
            }
        }
        return true;
    }

    /** The committed offsets of these partitions, or of all if null; partitions without one are absent. */
    CompletableFuture<Map<TopicPartition, Long>> fetch(@Nullable Collection<TopicPartition> partitions) {
        List<OffsetFetchRequest.Topic> topics = null;
        if (partitions != null) {
            Map<String, List<Integer>> indexes = new LinkedHashMap<>();
            partitions.forEach(partition -> indexes.computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                    .add(partition.partition()));
            topics = new ArrayList<>();
            for (Map.Entry<String, List<Integer>> topic : indexes.entrySet()) {
                topics.add(new OffsetFetchRequest.Topic(topic.getKey(), topic.getValue()));
            }
        }
        String group = coordinator.key();
        OffsetFetchRequest request =
                new OffsetFetchRequest(group, topics, List.of(new OffsetFetchRequest.Group(group, topics)), false);
        return coordinator.ask(request, this::fetched);
    }

    /** Up to version 7 a response is one group's; from 8 on it is a list of groups. */
    private Map<TopicPartition, Long> fetched(OffsetFetchResponse answer) {
        List<OffsetFetchResponse.Topic> topics = answer.topics();
        if (answer.groups().isEmpty()) {
            coordinator.check(answer.errorCode(), "offsets");
        } else {
            coordinator.check(answer.groups().get(0).errorCode(), "offsets");
            topics = answer.groups().get(0).topics();
        }
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (OffsetFetchResponse.Topic topic : topics) {
            for (OffsetFetchResponse.Partition partition : topic.partitions()) {
                TopicPartition of = new TopicPartition(topic.name(), partition.partitionIndex());
                coordinator.check(partition.errorCode(), of.toString());
                if (partition.committedOffset() >= 0) {
                    offsets.put(of, partition.committedOffset());
                }
            }
        }
        return offsets;
    }
}
