package io.tailrace.server.shard;

import io.tailrace.protocol.ErrorCode;

/** The outcome of an append to a shard's log. */
sealed interface ShardAppend {
    /**
     * The log has what it was given.
     *
     * @param offsets how many offsets it took; 0 for a marker that would have changed nothing
     */
    record Done(int offsets) implements ShardAppend {}

    /** Nothing was appended: see {@link io.tailrace.shard.Operation#unverified}. */
    record Unverified(long verification) implements ShardAppend {}

    /** Nothing was appended. */
    record Refused(ErrorCode error) implements ShardAppend {}
}
