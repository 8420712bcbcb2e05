package io.tailrace.replication.history;

/** A kind of error in a history. */
public enum Anomaly {
    /** A record that was acknowledged or read is not in the log at the end, or a reader skipped it. */
    LOST,
    /** One send is at two offsets, which only an idempotent producer excludes. */
    DUPLICATED,
    /** Records of one producer in one partition are in another order than they were sent in. */
    REORDERED,
    /** A record was read but never sent to that partition. */
    PHANTOM,
    /** Two reads, or an acknowledgement and the log, have different values at one offset. */
    INCONSISTENT_OFFSET,
    /** No member of a group was given a record of the log. */
    UNREAD,
    /** Two members of a group were given records of one partition in one generation. */
    SHARED,
    /** A committed offset of a group is lower than one before it, or was removed. */
    REWOUND
}
