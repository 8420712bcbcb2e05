package io.tailrace.groups;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A cluster with these topics, each with an id that follows from its name, on brokers without racks.
 *
 * @param version increases with each change
 * @param partitions the number of partitions by topic
 */
public record TestCluster(long version, Map<String, Integer> partitions) implements ClusterSnapshot {
    /** No topics. */
    public static final TestCluster EMPTY = new TestCluster(0, Map.of());

    /** A cluster; the map is copied. */
    public TestCluster {
        partitions = new TreeMap<>(partitions);
    }

    /** With one more topic, or another number of partitions. */
    public TestCluster with(String topic, int count) {
        Map<String, Integer> next = new TreeMap<>(partitions);
        next.put(topic, count);
        return new TestCluster(version + 1, next);
    }

    /** Without a topic. */
    public TestCluster without(String topic) {
        Map<String, Integer> next = new TreeMap<>(partitions);
        next.remove(topic);
        return new TestCluster(version + 1, next);
    }

    /** The id of a topic of this name. */
    public static UUID id(String topic) {
        return UUID.nameUUIDFromBytes(topic.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Optional<Topic> topic(String name) {
        return Optional.ofNullable(partitions.get(name)).map(count -> new TestTopic(name, id(name), count));
    }

    @Override
    public Optional<Topic> topic(UUID id) {
        return partitions.keySet().stream()
                .filter(name -> id(name).equals(id))
                .findFirst()
                .flatMap(this::topic);
    }

    @Override
    public Collection<String> topicNames() {
        return partitions.keySet();
    }

    private record TestTopic(String name, UUID id, int partitions) implements Topic {
        @Override
        public Set<String> racks(int partition) {
            return Set.of();
        }
    }
}
