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
    REWOUND,

    /** Write cycle: two transactions precede each other in the order of their records. */
    G0,
    /** A write cycle that takes the order of one process's operations to close. */
    G0_PROCESS,
    /** A write cycle that takes the order in time to close. */
    G0_REALTIME,
    /** Aborted read: a record of a transaction that was aborted, or never asked to commit, was read. */
    G1A,
    /** Intermediate read: only a part of a transaction is there, or was read. */
    G1B,
    /** Cycle of information: two transactions read each other's records. */
    G1C,
    /** A cycle of information that takes the order of one process's operations to close. */
    G1C_PROCESS,
    /** A cycle of information that takes the order in time to close: a record was read before its transaction began. */
    G1C_REALTIME,
    /** A record was read before its producer asked to commit, or by the transaction that sent it. */
    PRECOMMITTED_READ,
    /** A reader passed over a record that others can read. */
    POLL_SKIP,
    /** The same between the polls of one transaction. */
    INT_POLL_SKIP,
    /** A reader got an offset that is not above the one before it. */
    NONMONOTONIC_POLL,
    /** The same between the polls of one transaction. */
    INT_NONMONOTONIC_POLL,
    /** A process sent a record after another, and it stands before it. */
    NONMONOTONIC_SEND,
    /** The same between the sends of one transaction. */
    INT_NONMONOTONIC_SEND,
    /** Another's record stands between two of one transaction. */
    INT_SEND_SKIP,
    /** The order of two appends contradicts their order in time. */
    APPEND_NOT_LINEARIZABLE,
    /** An end offset is older than what was known before it was asked for, or newer than what was sent by then. */
    END_OFFSET_NOT_LINEARIZABLE,
    /** A fetch reached the end of a log that was known to be longer, or got a record before it was sent. */
    FETCH_NOT_LINEARIZABLE
}
