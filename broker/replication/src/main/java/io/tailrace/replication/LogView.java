package io.tailrace.replication;

import io.tailrace.protocol.LeaderEpochs;

/**
 * What the rules know about a replica's log.
 *
 * <p>After an append or a retention pass the extent comes from the log. After a truncation, a restart or the start of an
 * epoch the rules derive it, so that the effects of one step can build on each other. A test in {@code broker/server} and
 * the simulator hold what is derived against the log.
 *
 * @param extent offsets and leader epochs
 * @param highWatermark exclusive: every in-sync replica has the offsets below it; not above the log end offset
 */
public record LogView(LogExtent extent, long highWatermark) {
    public LogView {
        highWatermark = Math.max(extent.startOffset(), Math.min(highWatermark, extent.endOffset()));
    }

    /** Which leader epoch wrote which part. */
    public LeaderEpochs epochs() {
        return extent.epochs();
    }

    /** The log start offset, inclusive. */
    public long startOffset() {
        return extent.startOffset();
    }

    /** The log end offset, exclusive. */
    public long endOffset() {
        return extent.endOffset();
    }

    LogView with(LogExtent newExtent) {
        return new LogView(newExtent, highWatermark);
    }

    LogView withHighWatermark(long offset) {
        return new LogView(extent, offset);
    }

    /** Starts an epoch at the end. */
    LogView beginEpoch(int epoch) {
        return with(new LogExtent(epochs().append(epoch, endOffset()), startOffset(), endOffset()));
    }

    /** Truncates to end at {@code offset}; the high watermark falls with it. */
    LogView truncate(long offset) {
        return with(new LogExtent(epochs().truncate(offset), Math.min(startOffset(), offset), offset));
    }

    /** Drops everything and starts at {@code offset}. */
    static LogView restartedAt(long offset) {
        return new LogView(new LogExtent(LeaderEpochs.EMPTY, offset, offset), offset);
    }
}
