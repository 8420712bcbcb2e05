package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.cluster.PartitionState;

/** What the caller must do after a step. Effects of one step are performed in their order. */
public sealed interface Effect {

    /** Consumers may read below {@code highWatermark} (exclusive), and produces that wait for no more are done. */
    record HighWatermarkAdvanced(long highWatermark) implements Effect {}

    /** Every produce that still waits for replicas is answered with this error. */
    record AcksFailed(ErrorCode error) implements Effect {}

    /**
     * Write this state if the store still has {@code next.version()}, and report {@link Event.ProposalWritten},
     * {@link Event.ProposalRefused} or {@link Event.ProposalUnknown}. There is at most one such write at a time.
     */
    record ProposeIsr(PartitionState next) implements Effect {}

    /**
     * Read the partition's state from the store, past any cache, and report it as {@link Event.StateReadBack}; or report
     * {@link Event.ProposalUnknown} again if it cannot be read. It is about the proposal that expects this version.
     */
    record ReadBack(int expectedVersion) implements Effect {}

    /** Cut the log to end at {@code offset}, exclusive, with its leader epochs. */
    record TruncateTo(long offset) implements Effect {}

    /** Drop the log's records and start it at {@code offset}. */
    record RestartLogAt(long offset) implements Effect {}

    /** Append with this leader epoch from now on; its first offset is {@code startOffset}. Keep that with the log. */
    record LeadershipStarted(int leaderEpoch, long startOffset) implements Effect {}

    /** Accept no more appends. */
    record LeadershipEnded() implements Effect {}

    /** Fetch from this leader in this epoch, instead of from any other. Where to start follows from the log. */
    record StartFetching(int leader, int leaderEpoch) implements Effect {}

    /** Stop fetching. */
    record StopFetching() implements Effect {}
}
