package io.tailrace.shard;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A map that also returns its committed content. A key whose newest value is committed costs the same as in a {@link HashMap}.
 * Not thread-safe.
 *
 * @param <K> keys
 * @param <V> immutable values
 */
public final class TimelineMap<K, V> {
    private final Timeline timeline;
    private final Map<K, V> newest = new HashMap<>();

    /** The versions that uncommitted changes replaced, oldest first. The first one is the committed value. */
    private final Map<K, Deque<Version<V>>> replaced = new HashMap<>();

    /** A value; null if the key was absent. */
    private record Version<V>(@Nullable V value) {}

    /** A map whose changes belong to this timeline. */
    public TimelineMap(Timeline timeline) {
        this.timeline = timeline;
    }

    /** The newest value; null if absent. */
    public @Nullable V get(K key) {
        return newest.get(key);
    }

    /** The committed value; null if absent. */
    public @Nullable V committed(K key) {
        Deque<Version<V>> versions = replaced.get(key);
        return versions == null ? newest.get(key) : versions.getFirst().value();
    }

    /** Sets a value. */
    public void put(K key, V value) {
        keepReplaced(key, newest.put(key, value));
    }

    /** Removes a key. */
    public void remove(K key) {
        V before = newest.remove(key);
        if (before != null) {
            keepReplaced(key, before);
        }
    }

    private void keepReplaced(K key, @Nullable V before) {
        if (timeline.isCommitted()) {
            return;
        }
        replaced.computeIfAbsent(key, absent -> new ArrayDeque<>(1)).addLast(new Version<>(before));
        timeline.replaced(() -> forgetReplaced(key));
    }

    private void forgetReplaced(K key) {
        Deque<Version<V>> versions = Objects.requireNonNull(replaced.get(key));
        versions.removeFirst();
        if (versions.isEmpty()) {
            replaced.remove(key);
        }
    }

    /** The newest content: a view, not to be changed. */
    public Map<K, V> newest() {
        return Collections.unmodifiableMap(newest);
    }

    /** The keys with a committed value: a copy. */
    public Set<K> committedKeys() {
        Set<K> keys = new LinkedHashSet<>(newest.keySet());
        replaced.forEach((key, versions) -> {
            if (versions.getFirst().value() == null) {
                keys.remove(key);
            } else {
                keys.add(key);
            }
        });
        return keys;
    }

    /** The number of keys in the newest content. */
    public int size() {
        return newest.size();
    }
}
