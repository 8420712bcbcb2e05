package io.tailrace.server.api;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The partitions that a request has named so far. A request that repeats a partition would cause a read, or a copy in the answer,
 * for every few bytes. Not thread-safe.
 *
 * @param <T> what identifies a topic in the request, such as its name
 */
public final class SeenPartitions<T> {
    private final Map<T, Set<Integer>> indexes = new HashMap<>();

    /** Adds a partition; false if the request has named it before. */
    public boolean add(T topic, int index) {
        return indexes.computeIfAbsent(topic, first -> new HashSet<>()).add(index);
    }
}
