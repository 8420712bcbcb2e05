package io.tailrace.groups;

import io.tailrace.groups.PendingOffsets.Place;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.group.OffsetCommitKey;
import io.tailrace.protocol.group.OffsetCommitValue;
import io.tailrace.shard.Timeline;
import io.tailrace.shard.TimelineMap;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The committed offsets of a shard's groups. Confined to its shard.
 *
 * <p>An offset without metadata takes about 130 bytes: topic names are shared, and a group without offsets has no entry.
 */
public final class OffsetTable {
    /** The maximum number of shared names, so that the names of deleted topics do not add up. */
    private static final int SHARED_NAMES_MAX = 100_000;

    private final Timeline timeline;
    private final TimelineMap<String, TimelineMap<TopicPartition, StoredOffset>> groups;
    private final PendingOffsets pending;
    private final Map<String, String> topicNames = new HashMap<>();

    /** Topic ids by name, in the cluster of {@link #idsOf}. */
    private final Map<String, UUID> topicIds = new HashMap<>();

    private @Nullable ClusterSnapshot idsOf;

    OffsetTable(Timeline timeline) {
        this.timeline = timeline;
        this.groups = new TimelineMap<>(timeline);
        this.pending = new PendingOffsets(timeline);
    }

    /** The offsets in transactions that have not ended. */
    public PendingOffsets pending() {
        return pending;
    }

    /** The partitions for which a group has an offset, pending or not. */
    public Stream<TopicPartition> partitions(String group) {
        Set<TopicPartition> decided = newest(group).keySet();
        return Stream.concat(
                decided.stream(), pending.partitions(group).stream().filter(partition -> !decided.contains(partition)));
    }

    /** Whether a group has no offsets, not even pending ones. */
    public boolean isEmpty(String group) {
        return newest(group).isEmpty() && pending.partitions(group).isEmpty();
    }

    /** The groups that have offsets: a view, not to be changed. */
    public Set<String> groups() {
        return groups.newest().keySet();
    }

    /** The newest offsets of a group, empty for an unknown one: a view, not to be changed. */
    public Map<TopicPartition, StoredOffset> newest(String group) {
        TimelineMap<TopicPartition, StoredOffset> offsets = groups.get(group);
        return offsets == null ? Collections.emptyMap() : offsets.newest();
    }

    /** The groups that have committed offsets: a copy. */
    public Set<String> committedGroups() {
        return groups.committedKeys();
    }

    /** The partitions for which a group has a committed offset: a copy. */
    public Set<TopicPartition> committedPartitions(String group) {
        TimelineMap<TopicPartition, StoredOffset> offsets = groups.committed(group);
        return offsets == null ? Set.of() : offsets.committedKeys();
    }

    /** The committed offset of a group for a partition; null if it has none. */
    public @Nullable StoredOffset committed(String group, TopicPartition partition) {
        TimelineMap<TopicPartition, StoredOffset> offsets = groups.committed(group);
        return offsets == null ? null : offsets.committed(partition);
    }

    /** Applies a record; no value is a tombstone, which also removes what is pending. */
    void replay(long offset, OffsetCommitKey key, @Nullable OffsetCommitValue value, ClusterSnapshot cluster) {
        Place place = place(key);
        if (value == null) {
            remove(place.group(), place.partition());
            pending.remove(place);
        } else {
            put(place.group(), place.partition(), stored(offset, key, value, cluster));
        }
    }

    /** Applies a record of an open transaction. */
    void replayPending(
            long offset, long producerId, OffsetCommitKey key, OffsetCommitValue value, ClusterSnapshot cluster) {
        pending.put(producerId, place(key), stored(offset, key, value, cluster));
    }

    /**
     * Applies the end of a producer's transaction. A record that was written later than that of the transaction counts, even if
     * the marker comes after both: compaction would keep only the later record.
     */
    void endTransaction(long producerId, boolean isCommit) {
        if (isCommit) {
            pending.ofProducer(producerId).forEach((place, offset) -> {
                StoredOffset known = newest(place.group()).get(place.partition());
                if (known == null || known.recordOffset() < offset.recordOffset()) {
                    put(place.group(), place.partition(), offset);
                }
            });
        }
        pending.removeAll(producerId);
    }

    private Place place(OffsetCommitKey key) {
        return new Place(key.group(), new TopicPartition(shared(key.topic()), key.partition()));
    }

    private StoredOffset stored(long offset, OffsetCommitKey key, OffsetCommitValue value, ClusterSnapshot cluster) {
        return new StoredOffset(
                value.offset(),
                value.leaderEpoch(),
                value.metadata(),
                value.commitTimestamp(),
                value.expireTimestamp(),
                topicId(key.topic(), cluster),
                offset);
    }

    private void put(String group, TopicPartition partition, StoredOffset offset) {
        TimelineMap<TopicPartition, StoredOffset> offsets = groups.get(group);
        if (offsets == null) {
            offsets = new TimelineMap<>(timeline);
            groups.put(group, offsets);
        }
        offsets.put(partition, offset);
    }

    private void remove(String group, TopicPartition partition) {
        TimelineMap<TopicPartition, StoredOffset> offsets = groups.get(group);
        if (offsets != null) {
            offsets.remove(partition);
            if (offsets.size() == 0) {
                groups.remove(group);
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // Snapshots are replaced as a whole.
    private UUID topicId(String topic, ClusterSnapshot cluster) {
        if (idsOf != cluster || topicIds.size() > SHARED_NAMES_MAX) {
            topicIds.clear();
            idsOf = cluster;
        }
        return topicIds.computeIfAbsent(topic, name -> cluster.topic(name)
                .map(ClusterSnapshot.Topic::id)
                .orElse(cluster.mayExist(name) ? StoredOffset.UNKNOWN_TOPIC : StoredOffset.DELETED_TOPIC));
    }

    private String shared(String topic) {
        String known = topicNames.putIfAbsent(topic, topic);
        if (known == null && topicNames.size() > SHARED_NAMES_MAX) {
            topicNames.clear();
        }
        return known == null ? topic : known;
    }
}
