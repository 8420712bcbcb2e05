package io.tailrace.groups;

import io.tailrace.shard.Shard;
import io.tailrace.shard.StoredRecord;
import io.tailrace.shard.Timeline;
import io.tailrace.shard.TimelineMap;
import io.tailrace.shard.TimerChange;
import java.util.List;

/** The groups and offsets in one partition of {@code __consumer_offsets}. */
public final class GroupsShard implements Shard<GroupsShard> {
    private final Timeline timeline = new Timeline();
    private final TimelineMap<String, Group> groups = new TimelineMap<>(timeline);
    private final OffsetTable offsets = new OffsetTable(timeline);
    private ClusterSnapshot cluster;

    /** An empty shard. */
    public GroupsShard(ClusterSnapshot cluster) {
        this.cluster = cluster;
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

    @Override
    public Timeline timeline() {
        return timeline;
    }

    @Override
    public void replay(long offset, StoredRecord record) {
        timeline.startRecord(offset);
    }

    @Override
    public List<TimerChange<GroupsShard>> loaded(long nowMs) {
        return List.of();
    }
}
