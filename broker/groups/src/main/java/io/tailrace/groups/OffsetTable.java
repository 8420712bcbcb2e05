package io.tailrace.groups;

import io.tailrace.protocol.group.OffsetCommitKey;
import io.tailrace.protocol.group.OffsetCommitValue;
import io.tailrace.shard.Timeline;
import org.jspecify.annotations.Nullable;

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

    /** Applies a record; no value is a tombstone. */
    @SuppressWarnings("unused")
    void replay(long offset, OffsetCommitKey key, @Nullable OffsetCommitValue value) {}
}
