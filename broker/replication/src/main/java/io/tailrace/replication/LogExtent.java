package io.tailrace.replication;

import io.tailrace.protocol.LeaderEpochs;

/**
 * What a replica's log says about itself.
 *
 * @param epochs which leader epoch wrote which part
 * @param startOffset the log start offset, inclusive
 * @param endOffset the log end offset, exclusive
 */
public record LogExtent(LeaderEpochs epochs, long startOffset, long endOffset) {
    public LogExtent {
        if (startOffset < 0 || endOffset < startOffset) {
            throw new IllegalArgumentException("log must end after its start, is " + startOffset + " to " + endOffset);
        }
    }
}
