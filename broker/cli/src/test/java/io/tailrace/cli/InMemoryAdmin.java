package io.tailrace.cli;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientException;
import io.tailrace.client.ClusterDescription;
import io.tailrace.client.ConfigEntry;
import io.tailrace.client.NewTopic;
import io.tailrace.client.TopicDescription;
import io.tailrace.client.TopicDescription.Partition;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** A cluster of one broker with topics, committed offsets and no records. Not thread-safe. */
final class InMemoryAdmin implements Admin {
    final Map<String, NewTopic> topics = new TreeMap<>();
    final Map<TopicPartition, Long> committed = new HashMap<>();
    final Map<TopicPartition, Long> highWatermarks = new HashMap<>();

    @Override
    public ClusterDescription cluster() {
        return new ClusterDescription(
                "fake", OptionalInt.of(1), List.of(new ClusterDescription.Node(1, "localhost", 9092)));
    }

    @Override
    public Set<String> topics(boolean internal) {
        return new TreeSet<>(topics.keySet());
    }

    @Override
    public Map<String, TopicDescription> describe(Collection<String> names) {
        Map<String, TopicDescription> described = new HashMap<>();
        for (String name : names) {
            NewTopic topic = topics.get(name);
            if (topic == null) {
                throw new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "no topic " + name);
            }
            List<Partition> partitions = IntStream.range(0, topic.partitions().orElse(1))
                    .mapToObj(index -> new Partition(index, OptionalInt.of(1), 0, List.of(1), List.of(1)))
                    .toList();
            described.put(name, new TopicDescription(name, false, partitions));
        }
        return described;
    }

    @Override
    public void createTopic(NewTopic topic) {
        topics.put(topic.name(), topic);
    }

    @Override
    public void createPartitions(String topic, int partitions) {
        NewTopic old = describe(Set.of(topic)).isEmpty() ? null : topics.get(topic);
        if (old != null) {
            topics.put(topic, new NewTopic(topic, OptionalInt.of(partitions), old.replicationFactor(), old.config()));
        }
    }

    @Override
    public void deleteTopics(Collection<String> names) {
        topics.keySet().removeAll(names);
    }

    @Override
    public List<ConfigEntry> topicConfig(String topic) {
        return List.of();
    }

    @Override
    public Map<TopicPartition, Long> earliestOffsets(Collection<TopicPartition> partitions) {
        return offsets(partitions, Map.of());
    }

    @Override
    public Map<TopicPartition, Long> latestOffsets(Collection<TopicPartition> partitions) {
        return offsets(partitions, highWatermarks);
    }

    private static Map<TopicPartition, Long> offsets(
            Collection<TopicPartition> partitions, Map<TopicPartition, Long> known) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        partitions.forEach(partition -> offsets.put(partition, known.getOrDefault(partition, 0L)));
        return offsets;
    }

    @Override
    public Map<TopicPartition, Long> offsetsAt(Map<TopicPartition, Long> timestampsMs) {
        return Map.of();
    }

    @Override
    public Map<TopicPartition, Long> groupOffsets(String group) {
        return Map.copyOf(committed);
    }

    @Override
    public void close() {}
}
