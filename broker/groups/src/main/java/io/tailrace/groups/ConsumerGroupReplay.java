package io.tailrace.groups;

import io.tailrace.protocol.group.GroupRecordKey;
import io.tailrace.protocol.group.GroupRecordValue;
import org.jspecify.annotations.Nullable;

/** Applies the records of groups of the consumer protocol. */
final class ConsumerGroupReplay {
    private ConsumerGroupReplay() {}

    /** Applies a record; no value is a tombstone. */
    @SuppressWarnings("unused")
    static void replay(GroupsShard state, GroupRecordKey key, @Nullable GroupRecordValue value) {}
}
