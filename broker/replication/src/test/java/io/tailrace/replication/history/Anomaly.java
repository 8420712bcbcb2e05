package io.tailrace.replication.history;

/** What can be wrong with a history. */
public enum Anomaly {
    /** Acknowledged, or read once, and not in the log at the end; or passed over by a reader. */
    LOST,
    /** One send at two offsets. A producer that is not idempotent may do so. */
    DUPLICATED,
    /** Records of one producer in one partition that stand in another order than they were sent in. */
    REORDERED,
    /** Read, but never sent to that partition. */
    PHANTOM,
    /** An offset that holds one value here and another there: two reads, or an acknowledgement and the log. */
    INCONSISTENT_OFFSET
}
