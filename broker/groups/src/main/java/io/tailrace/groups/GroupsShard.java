package io.tailrace.groups;

import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.codec.MalformedMessageException;
import io.tailrace.protocol.group.GroupMetadataKey;
import io.tailrace.protocol.group.GroupMetadataValue;
import io.tailrace.protocol.group.GroupRecordKey;
import io.tailrace.protocol.group.GroupRecordValue;
import io.tailrace.protocol.group.OffsetCommitKey;
import io.tailrace.protocol.group.OffsetCommitValue;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.shard.Shard;
import io.tailrace.shard.StoredRecord;
import io.tailrace.shard.Timeline;
import io.tailrace.shard.TimelineMap;
import io.tailrace.shard.TimerChange;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The groups and offsets in one partition of {@code __consumer_offsets}. Confined to one thread at a time. */
public final class GroupsShard implements Shard<GroupsShard> {
    private final Timeline timeline = new Timeline();
    private final TimelineMap<String, Group> groups = new TimelineMap<>(timeline);
    private final OffsetTable offsets = new OffsetTable(timeline);
    private final List<ShardPart> parts;
    private ClusterSnapshot cluster;
    private GroupSettings settings;

    /** An empty shard. {@link io.tailrace.groups.rules.GroupRules} makes one with all its parts. */
    public GroupsShard(ClusterSnapshot cluster, GroupSettings settings, List<ShardPart> parts) {
        this.cluster = cluster;
        this.settings = settings;
        this.parts = List.copyOf(parts);
    }

    /** The groups by id. */
    public TimelineMap<String, Group> groups() {
        return groups;
    }

    /** The offsets. */
    public OffsetTable offsets() {
        return offsets;
    }

    /** The cluster as of the last change that reached this shard. */
    public ClusterSnapshot cluster() {
        return cluster;
    }

    /** The cluster has changed. */
    public void clusterChanged(ClusterSnapshot changed) {
        cluster = changed;
    }

    /** The settings as of the last change that reached this shard. */
    public GroupSettings settings() {
        return settings;
    }

    /** The settings have changed. They apply to decisions from now on. */
    public void settingsChanged(GroupSettings changed) {
        settings = changed;
    }

    @Override
    public Timeline timeline() {
        return timeline;
    }

    /** A record of a kind that this broker knows. */
    private record Parsed(GroupRecordKey key, @Nullable GroupRecordValue value) {}

    @Override
    public void replay(long offset, StoredRecord record) {
        Optional<Parsed> parsed = parse(offset, record);
        if (parsed.isEmpty()) {
            return;
        }
        GroupRecordKey key = parsed.get().key();
        GroupRecordValue value = parsed.get().value();
        timeline.startRecord(offset);
        if (key instanceof OffsetCommitKey offsetKey) {
            offsets.replay(offset, offsetKey, (OffsetCommitValue) value, cluster);
        } else if (key instanceof GroupMetadataKey groupKey) {
            ClassicGroupRecord.replay(groups, groupKey, (GroupMetadataValue) value);
        } else {
            ConsumerGroupReplay.replay(this, key, value);
        }
    }

    @Override
    public void replayInTransaction(long offset, StoredRecord record, long producerId) {
        Optional<Parsed> parsed = parse(offset, record);
        if (parsed.isPresent()
                && parsed.get().key() instanceof OffsetCommitKey key
                && parsed.get().value() instanceof OffsetCommitValue value) {
            timeline.startRecord(offset);
            offsets.replayPending(offset, producerId, key, value, cluster);
        } else {
            throw new IllegalArgumentException("record at offset " + offset
                    + ": expected an offset in the transaction of producer " + producerId + ", found " + parsed);
        }
    }

    @Override
    public void endTransaction(long offset, EndTransactionMarker marker) {
        timeline.startRecord(offset);
        offsets.endTransaction(marker.producerId(), marker.isCommit());
    }

    /** Empty for protocols that this broker does not serve, such as share groups. */
    private static Optional<Parsed> parse(long offset, StoredRecord record) {
        try {
            Optional<GroupRecordKey> key = GroupRecords.decodeKey(record.key());
            return key.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Parsed(
                            key.get(),
                            record.value() == null ? null : GroupRecords.decodeValue(key.get(), record.value())));
        } catch (MalformedMessageException e) {
            throw new IllegalArgumentException("record at offset " + offset + ": " + e.getMessage(), e);
        }
    }

    @Override
    public List<TimerChange<GroupsShard>> loaded(long nowMs) {
        return parts.stream().flatMap(part -> part.loaded(this, nowMs).stream()).toList();
    }
}
