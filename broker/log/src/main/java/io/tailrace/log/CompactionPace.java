package io.tailrace.log;

/** Limits how fast compaction reads and writes, and ends it when the broker stops. */
public interface CompactionPace {
    /** Without a limit. */
    CompactionPace UNLIMITED = bytes -> true;

    /**
     * Waits until compaction may read or write more bytes.
     *
     * @return false if compaction must end now
     */
    boolean await(int bytes);
}
