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
 * What the clients of a cluster did and saw. Thread-safe: acknowledgements come on other threads.
 *
 * <p>A send counts from {@link #sending} on; if it is never acknowledged, it may or may not be in the log. A history ends with
 * {@link #atEnd}, once for each partition that was sent to, when no send is in flight.
 *
 * @param <V> the values, compared by {@code equals}; each is sent once
 */
public final class History<V> {
    /** A record as it was read. */
    public record Entry<V>(long offset, V value) {}

    /** A send; the order of one producer's sends to one partition is that of their numbers. */
    record Send<V>(String producer, V value, int number) {}

    /** The records that one reader got from one partition, in order of arrival. */
    record Reading<V>(String reader, List<Entry<V>> entries) {}

    /** Everything known about one partition. */
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
     * Records a send that is about to start.
     *
     * @param producer the producer whose order counts; threads that share a producer use different names
     * @throws IllegalArgumentException if the value was sent before: a duplicate could not be recognised
     */
    public synchronized void sending(String producer, TopicPartition partition, V value) {
        Partition<V> target = partition(partition);
        if (sentTo.putIfAbsent(value, target) != null) {
            throw new IllegalArgumentException("value " + value + " was sent before; each must be sent once");
        }
        target.sends.put(value, new Send<>(producer, value, target.sends.size()));
    }

    /**
     * Records that a send was acknowledged.
     *
     * @param offset the acknowledged offset; empty if there was none
     */
    public synchronized void acknowledged(V value, OptionalLong offset) {
        Partition<V> target = sentTo.get(value);
        if (target == null) {
            throw new IllegalArgumentException("value " + value + " was acknowledged, but never sent");
        }
        target.acknowledged.put(value, offset);
    }

    /**
     * Records that a reader got a record.
     *
     * @param reader a reader that only moves forward; after seeking back, use another name
     */
    public synchronized void read(String reader, TopicPartition partition, long offset, V value) {
        partition(partition)
                .readings
                .computeIfAbsent(reader, name -> new Reading<>(name, new ArrayList<>()))
                .entries()
                .add(new Entry<>(offset, value));
    }

    /** Records everything that a partition holds at the end, in the order it was read. */
    public synchronized void atEnd(TopicPartition partition, List<Entry<V>> log) {
        Partition<V> target = partition(partition);
        target.log = List.copyOf(log);
        target.ended = true;
    }

    /** The offsets of the records that a partition holds at the end. */
    public synchronized List<Long> offsetsAtEnd(TopicPartition partition) {
        return partition(partition).log.stream().map(Entry::offset).toList();
    }

    /** The number of acknowledged sends so far. */
    public synchronized int acknowledgedCount() {
        return partitions.values().stream()
                .mapToInt(partition -> partition.acknowledged.size())
                .sum();
    }

    /**
     * Finds all anomalies.
     *
     * @throws IllegalStateException if {@link #atEnd} is missing for a partition
     */
    public synchronized Verdict judge() {
        List<Violation> violations = new ArrayList<>();
        int kept = 0;
        for (Map.Entry<TopicPartition, Partition<V>> each : partitions.entrySet()) {
            Partition<V> partition = each.getValue();
            if (!partition.ended) {
                throw new IllegalStateException("it is unknown what " + each.getKey() + " holds at the end");
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
