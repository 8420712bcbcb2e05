package io.tailrace.replication.history;

import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What the clients of a cluster did and saw. Thread-safe, since acknowledgements come on threads of their own.
 *
 * <p>A send counts from {@link #sending} on: one that is never acknowledged may or may not be in the log. A history ends
 * with {@link #atEnd}, once for each partition that was sent to, when no send is under way any more.
 *
 * @param <V> the values, told apart by {@code equals}; each is sent once
 */
public final class History<V> {
    /** One record as it was read. */
    public record Entry<V>(long offset, V value) {}

    /** A send; the order of one producer's sends to one partition is that of their numbers. */
    record Send<V>(String producer, V value, int number) {}

    /** What one reader got of one partition, in the order it came. */
    record Reading<V>(String reader, List<Entry<V>> entries) {}

    /** Everything that is known of one partition. */
    private static final class Partition<V> {
        private final Map<V, Send<V>> sends = new LinkedHashMap<>();
        private final Map<V, OptionalLong> acknowledged = new HashMap<>();
        private final Map<String, Reading<V>> readings = new LinkedHashMap<>();
        private List<Entry<V>> log = List.of();
        private boolean ended;
    }

    // Both guarded by this, contents included.
    private final TreeMap<TopicPartition, Partition<V>> partitions = new TreeMap<>();
    private final Map<V, Partition<V>> sentTo = new HashMap<>();

    /**
     * Takes down a send that is about to begin.
     *
     * @param producer whose order is to be kept; two threads that share a producer have a name each
     * @throws IllegalArgumentException if the value was sent before: then nobody could tell a duplicate
     */
    public synchronized void sending(String producer, TopicPartition partition, V value) {
        Partition<V> target = partition(partition);
        if (sentTo.putIfAbsent(value, target) != null) {
            throw new IllegalArgumentException("value " + value + " was sent before; each must be sent once");
        }
        target.sends.put(value, new Send<>(producer, value, target.sends.size()));
    }

    /**
     * Takes down that a send was acknowledged.
     *
     * @param offset where, as the producer was told; empty if it was not
     */
    public synchronized void acknowledged(V value, OptionalLong offset) {
        Partition<V> target = sentTo.get(value);
        if (target == null) {
            throw new IllegalArgumentException("value " + value + " was acknowledged, but never sent");
        }
        target.acknowledged.put(value, offset);
    }

    /**
     * Takes down a record that a reader got.
     *
     * @param reader who reads on and on; one that seeks back goes on under another name
     */
    public synchronized void read(String reader, TopicPartition partition, long offset, V value) {
        partition(partition)
                .readings
                .computeIfAbsent(reader, name -> new Reading<>(name, new ArrayList<>()))
                .entries()
                .add(new Entry<>(offset, value));
    }

    /** Takes down all that a partition holds when everything is over, in the order it was read. */
    public synchronized void atEnd(TopicPartition partition, List<Entry<V>> log) {
        Partition<V> target = partition(partition);
        target.log = List.copyOf(log);
        target.ended = true;
    }

    /** How many sends have been acknowledged so far. */
    public synchronized int acknowledgedCount() {
        return partitions.values().stream()
                .mapToInt(partition -> partition.acknowledged.size())
                .sum();
    }

    /**
     * Finds all that is wrong.
     *
     * @throws IllegalStateException if it is not known what a partition holds at the end
     */
    public synchronized Verdict judge() {
        List<Violation> violations = new ArrayList<>();
        int kept = 0;
        for (Map.Entry<TopicPartition, Partition<V>> each : partitions.entrySet()) {
            Partition<V> partition = each.getValue();
            if (!partition.ended) {
                throw new IllegalStateException("nobody has told what " + each.getKey() + " holds at the end");
            }
            kept += partition.log.size();
            violations.addAll(new PartitionCheck<>(each.getKey(), partition.sends, partition.log)
                    .check(partition.acknowledged, partition.readings.values()));
        }
        return new Verdict(sentTo.size(), acknowledgedCount(), kept, violations);
    }

    private Partition<V> partition(TopicPartition partition) {
        return partitions.computeIfAbsent(partition, key -> new Partition<>());
    }
}
