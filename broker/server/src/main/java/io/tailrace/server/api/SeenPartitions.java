package io.tailrace.server.api;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The partitions that a request has named so far. A request that repeats a partition would cause a read, or a copy in the answer,
 * for every few bytes. Not thread-safe.
 */
public final class SeenPartitions {
    private final Map<String, Set<Integer>> indexes = new HashMap<>();

    /** Adds a partition; false if the request has named it before. */
    public boolean add(String topic, int index) {
        return indexes.computeIfAbsent(topic, name -> new HashSet<>()).add(index);
    }
}
