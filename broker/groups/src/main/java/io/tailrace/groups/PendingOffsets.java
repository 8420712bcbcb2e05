package io.tailrace.groups;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.shard.Timeline;
import io.tailrace.shard.TimelineMap;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Offsets in transactions that have not ended. Confined to its shard. */
public final class PendingOffsets {
    private final Timeline timeline;
    private final TimelineMap<Long, TimelineMap<Place, StoredOffset>> producers;

    /** The producers with a pending offset, by group and partition. */
    private final TimelineMap<String, TimelineMap<TopicPartition, Set<Long>>> groups;

    /** What an offset is for. */
    record Place(String group, TopicPartition partition) {}

    PendingOffsets(Timeline timeline) {
        this.timeline = timeline;
        this.producers = new TimelineMap<>(timeline);
        this.groups = new TimelineMap<>(timeline);
    }

    /** The groups that have pending offsets: a view, not to be changed. */
    public Set<String> groups() {
        return groups.newest().keySet();
    }

    /** The groups that have pending offsets in committed state: a copy. */
    public Set<String> committedGroups() {
        return groups.committedKeys();
    }

    /** The partitions for which a group has pending offsets: a view, not to be changed. */
    public Set<TopicPartition> partitions(String group) {
        return newest(group).keySet();
    }

    /** The partitions for which a group has pending offsets in committed state: a copy. */
    public Set<TopicPartition> committedPartitions(String group) {
        TimelineMap<TopicPartition, Set<Long>> partitions = groups.committed(group);
        return partitions == null ? Set.of() : partitions.committedKeys();
    }

    /** Whether an offset of a partition is undecided: pending, or its marker is not committed. */
    public boolean isUnstable(String group, TopicPartition partition) {
        TimelineMap<TopicPartition, Set<Long>> committed = groups.committed(group);
        return partitions(group).contains(partition) || (committed != null && committed.committed(partition) != null);
    }

    /** Whether a pending offset is of a topic that has been deleted since. */
    public boolean isOfDeletedTopic(String group, TopicPartition partition, ClusterSnapshot cluster) {
        Place place = new Place(group, partition);
        return newest(group).getOrDefault(partition, Set.of()).stream()
                .map(producer -> ofProducer(producer).get(place))
                .anyMatch(offset -> offset.isOfDeletedTopic(partition.topic(), cluster));
    }

    private Map<TopicPartition, Set<Long>> newest(String group) {
        TimelineMap<TopicPartition, Set<Long>> partitions = groups.get(group);
        return partitions == null ? Collections.emptyMap() : partitions.newest();
    }

    /** The pending offsets of a producer: a view, not to be changed. */
    Map<Place, StoredOffset> ofProducer(long producerId) {
        TimelineMap<Place, StoredOffset> offsets = producers.get(producerId);
        return offsets == null ? Collections.emptyMap() : offsets.newest();
    }

    void put(long producerId, Place place, StoredOffset offset) {
        inner(producers, producerId).put(place, offset);
        TimelineMap<TopicPartition, Set<Long>> partitions = inner(groups, place.group());
        Set<Long> before = partitions.get(place.partition());
        if (before == null || !before.contains(producerId)) {
            partitions.put(place.partition(), with(before, producerId));
        }
    }

    private static Set<Long> with(@Nullable Set<Long> before, long producerId) {
        Set<Long> all = before == null ? new HashSet<>() : new HashSet<>(before);
        all.add(producerId);
        return Set.copyOf(all);
    }

    private <K, L, V> TimelineMap<L, V> inner(TimelineMap<K, TimelineMap<L, V>> outer, K key) {
        TimelineMap<L, V> known = outer.get(key);
        if (known == null) {
            known = new TimelineMap<>(timeline);
            outer.put(key, known);
        }
        return known;
    }

    /** Forgets all offsets of a producer. */
    void removeAll(long producerId) {
        for (Place place : ofProducer(producerId).keySet()) {
            removeProducer(place, producerId);
        }
        producers.remove(producerId);
    }

    private void removeProducer(Place place, long producerId) {
        Set<Long> left = new HashSet<>(newest(place.group()).getOrDefault(place.partition(), Set.of()));
        left.remove(producerId);
        if (left.isEmpty()) {
            removeInner(groups, place.group(), place.partition());
        } else {
            inner(groups, place.group()).put(place.partition(), Set.copyOf(left));
        }
    }

    /** Forgets the offsets of all producers for a partition. */
    void remove(Place place) {
        for (long producerId : newest(place.group()).getOrDefault(place.partition(), Set.of())) {
            removeInner(producers, producerId, place);
        }
        removeInner(groups, place.group(), place.partition());
    }

    private static <K, L, V> void removeInner(TimelineMap<K, TimelineMap<L, V>> outer, K key, L innerKey) {
        TimelineMap<L, V> inner = outer.get(key);
        if (inner != null) {
            inner.remove(innerKey);
            if (inner.size() == 0) {
                outer.remove(key);
            }
        }
    }
}
