package io.tailrace.groups.offsets;

import io.tailrace.groups.GroupsShard;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.shard.Decision;
import io.tailrace.shard.StoredRecord;
import java.util.List;

/** The tombstones in one decision: as many as fit into a batch of moderate size. Not thread-safe. */
final class Tombstones {
    static final int COUNT_MAX = 1000;
    private static final int BYTES_MAX = 256 << 10;

    private final Decision.Builder<GroupsShard> decision;
    private int count;
    private int bytes;

    Tombstones(Decision.Builder<GroupsShard> decision) {
        this.decision = decision;
    }

    boolean hasRoom() {
        return count < COUNT_MAX && bytes < BYTES_MAX;
    }

    void append(String group, TopicPartition partition) {
        append(OffsetRecords.tombstone(group, partition));
    }

    /** Appends as many as there is room for. Returns whether all fitted. */
    boolean appendAll(List<StoredRecord> tombstones) {
        for (StoredRecord tombstone : tombstones) {
            if (!hasRoom()) {
                return false;
            }
            append(tombstone);
        }
        return true;
    }

    private void append(StoredRecord tombstone) {
        decision.append(tombstone);
        count++;
        bytes += tombstone.key().remaining();
    }
}
