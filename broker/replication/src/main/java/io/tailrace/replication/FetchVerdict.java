package io.tailrace.replication;

import io.tailrace.protocol.EpochEnd;
import io.tailrace.protocol.ErrorCode;

/** A replica's answer to a fetch. */
public sealed interface FetchVerdict {

    /** Records from the fetch offset up to {@code endOffset}, exclusive. */
    record Read(long endOffset) implements FetchVerdict {}

    /** No records: the follower's log diverges. The logs agree at most up to {@code end}. */
    record Diverging(EpochEnd end) implements FetchVerdict {}

    /** No records, and this error. */
    record Refused(ErrorCode error) implements FetchVerdict {}
}
