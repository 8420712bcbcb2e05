package io.tailrace.groups;

import io.tailrace.shard.StoredRecord;
import io.tailrace.shard.TimelineMap;

/** Applies the records of groups of the classic protocol. */
final class ClassicGroupReplay {
    private ClassicGroupReplay() {}

    @SuppressWarnings("unused")
    static void replay(TimelineMap<String, Group> groups, StoredRecord record) {}
}
