package io.tailrace.server.api;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The partitions that a request has named so far. A request that names one many times would cost many reads, or many
 * copies in the answer, for a few bytes each. Not thread-safe.
 */
public final class SeenPartitions {
    private final Map<String, Set<Integer>> indexes = new HashMap<>();

    /** Adds a partition; false if the request has named it before. */
    public boolean add(String topic, int index) {
        return indexes.computeIfAbsent(topic, name -> new HashSet<>()).add(index);
    }
}
