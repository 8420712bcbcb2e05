package io.tailrace.groups;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Partitions of topics. Immutable.
 *
 * @param topics the partitions by topic, in ascending order; no topic is without partitions
 */
public record Assignment(SortedMap<UUID, SortedSet<Integer>> topics) {
    /** No partitions. */
    public static final Assignment EMPTY = of(Map.of());

    /** An assignment; the map is not copied and must not be changed. */
    public Assignment {
        topics = Collections.unmodifiableSortedMap(topics);
    }

    /** A copy of a map of partitions by topic. Topics without partitions are left out. */
    public static Assignment of(Map<UUID, ? extends Collection<Integer>> partitions) {
        TreeMap<UUID, SortedSet<Integer>> copy = new TreeMap<>();
        partitions.forEach((topic, indexes) -> {
            if (!indexes.isEmpty()) {
                copy.put(topic, Collections.unmodifiableSortedSet(new TreeSet<>(indexes)));
            }
        });
        return new Assignment(copy);
    }

    /** The partitions of a topic; empty if it has none. */
    public Set<Integer> of(UUID topic) {
        return topics.getOrDefault(topic, Collections.emptySortedSet());
    }

    /** Whether a partition is among them. */
    public boolean contains(UUID topic, int partition) {
        return of(topic).contains(partition);
    }

    /** Whether there are no partitions. */
    public boolean isEmpty() {
        return topics.isEmpty();
    }

    /** The number of partitions. */
    public int size() {
        return topics.values().stream().mapToInt(Set::size).sum();
    }
}
