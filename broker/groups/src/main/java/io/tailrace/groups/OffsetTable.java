package io.tailrace.groups;

import io.tailrace.shard.Timeline;

/** The committed offsets of a shard's groups. Confined to its shard. */
public final class OffsetTable {
    private final Timeline timeline;

    OffsetTable(Timeline timeline) {
        this.timeline = timeline;
    }

    /** The versions of this table. */
    Timeline timeline() {
        return timeline;
    }
}
