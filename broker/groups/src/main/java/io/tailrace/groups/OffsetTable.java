package io.tailrace.groups;

import io.tailrace.shard.StoredRecord;
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

    /** Applies a record of type 0 or 1. */
    @SuppressWarnings("unused")
    void replay(long offset, short type, StoredRecord record) {}
}
