package io.tailrace.replication;

import io.tailrace.protocol.EpochEnd;
import io.tailrace.protocol.ErrorCode;

/** What a leader answers a fetch with. */
public sealed interface FetchVerdict {

    /** Records from the fetch offset up to {@code endOffset}, exclusive. */
    record Read(long endOffset) implements FetchVerdict {}

    /** No records: the follower's log diverges, and agrees at most up to here. */
    record Diverging(EpochEnd end) implements FetchVerdict {}

    /** No records, and this error. */
    record Refused(ErrorCode error) implements FetchVerdict {}
}
