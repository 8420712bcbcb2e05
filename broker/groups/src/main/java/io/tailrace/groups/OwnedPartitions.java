package io.tailrace.groups;

import io.tailrace.protocol.group.ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The partitions that a member has, each with the member's epoch when it got the partition (KIP-1251). Immutable.
 *
 * @param topics the epoch of each partition by topic, in ascending order; no topic is without partitions
 */
public record OwnedPartitions(SortedMap<UUID, SortedMap<Integer, Integer>> topics) {
    /** No partitions. */
    public static final OwnedPartitions NONE = new OwnedPartitions(new TreeMap<>());

    /** Partitions; the map is not copied and must not be changed. */
    public OwnedPartitions {
        topics = Collections.unmodifiableSortedMap(topics);
    }

    /** Selects partitions. */
    @FunctionalInterface
    public interface Filter {
        /** Whether the partition is selected. */
        boolean accepts(UUID topic, int partition);
    }

    /** All partitions of an assignment, got in the same epoch. */
    public static OwnedPartitions of(Assignment partitions, int epoch) {
        return NONE.plus(partitions, epoch);
    }

    /**
     * Reads the partitions in a record.
     *
     * @param epochIfUnknown the epoch of partitions whose epochs are not stored
     */
    static OwnedPartitions of(List<TopicPartitions> stored, int epochIfUnknown) {
        TreeMap<UUID, SortedMap<Integer, Integer>> all = new TreeMap<>();
        for (TopicPartitions topic : stored) {
            List<Integer> epochs = topic.assignmentEpochs();
            boolean known =
                    epochs != null && epochs.size() == topic.partitions().size();
            for (int i = 0; i < topic.partitions().size(); i++) {
                all.computeIfAbsent(topic.topicId(), absent -> new TreeMap<>())
                        .put(topic.partitions().get(i), known && epochs != null ? epochs.get(i) : epochIfUnknown);
            }
        }
        return new OwnedPartitions(all);
    }

    /** The partitions as a record stores them. */
    List<TopicPartitions> stored() {
        List<TopicPartitions> stored = new ArrayList<>(topics.size());
        topics.forEach((topic, epochs) ->
                stored.add(new TopicPartitions(topic, List.copyOf(epochs.keySet()), List.copyOf(epochs.values()))));
        return stored;
    }

    /** The partitions of a topic; empty if it has none. */
    public Set<Integer> of(UUID topic) {
        return topics.getOrDefault(topic, Collections.emptySortedMap()).keySet();
    }

    /** Whether a partition is among them. */
    public boolean contains(UUID topic, int partition) {
        return of(topic).contains(partition);
    }

    /** Whether there are no partitions. */
    public boolean isEmpty() {
        return topics.isEmpty();
    }

    /** Whether the member has had a partition at least since {@code epoch}. */
    public boolean hasSince(UUID topic, int partition, int epoch) {
        Integer since = topics.getOrDefault(topic, Collections.emptySortedMap()).get(partition);
        return since != null && since <= epoch;
    }

    /** The partitions without their epochs. */
    public Assignment partitions() {
        return Assignment.of(keys());
    }

    private Map<UUID, Set<Integer>> keys() {
        Map<UUID, Set<Integer>> keys = new TreeMap<>();
        topics.forEach((topic, epochs) -> keys.put(topic, epochs.keySet()));
        return keys;
    }

    /** The partitions that the filter selects. */
    public OwnedPartitions filter(Filter filter) {
        TreeMap<UUID, SortedMap<Integer, Integer>> kept = new TreeMap<>();
        topics.forEach((topic, epochs) -> {
            SortedMap<Integer, Integer> some = new TreeMap<>(epochs);
            some.keySet().removeIf(partition -> !filter.accepts(topic, partition));
            if (!some.isEmpty()) {
                kept.put(topic, some);
            }
        });
        return new OwnedPartitions(kept);
    }

    /** These partitions and others that the member gets in an epoch. Partitions that it already has keep their epochs. */
    public OwnedPartitions plus(Assignment added, int epoch) {
        TreeMap<UUID, SortedMap<Integer, Integer>> all = new TreeMap<>(topics);
        added.topics().forEach((topic, partitions) -> {
            SortedMap<Integer, Integer> epochs = new TreeMap<>(all.getOrDefault(topic, Collections.emptySortedMap()));
            partitions.forEach(partition -> epochs.putIfAbsent(partition, epoch));
            all.put(topic, epochs);
        });
        return new OwnedPartitions(all);
    }
}
