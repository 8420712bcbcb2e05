package io.tailrace.replication;

/**
 * What the rules need to know of a replica's log.
 *
 * @param epochs which epoch wrote what
 * @param startOffset the log start offset, inclusive: the first one kept
 * @param endOffset the log end offset, exclusive: the next one to be written
 * @param highWatermark exclusive: every offset below it is on every in-sync replica; not above {@code endOffset}
 */
public record LogView(LeaderEpochs epochs, long startOffset, long endOffset, long highWatermark) {
    /** A log that has never been written. */
    public static final LogView EMPTY = new LogView(LeaderEpochs.EMPTY, 0, 0, 0);

    public LogView {
        if (startOffset < 0 || endOffset < startOffset) {
            throw new IllegalArgumentException("log must end after its start, is " + startOffset + " to " + endOffset);
        }
        highWatermark = Math.max(startOffset, Math.min(highWatermark, endOffset));
    }

    LogView withEnd(long newEndOffset) {
        return new LogView(epochs, startOffset, newEndOffset, highWatermark);
    }

    LogView withEpoch(int epoch) {
        return new LogView(epochs.append(epoch, endOffset), startOffset, endOffset, highWatermark);
    }

    LogView withEpochs(LeaderEpochs newEpochs) {
        return new LogView(newEpochs, startOffset, endOffset, highWatermark);
    }

    LogView withHighWatermark(long offset) {
        return new LogView(epochs, startOffset, endOffset, offset);
    }

    LogView withStart(long newStartOffset) {
        return new LogView(epochs, newStartOffset, Math.max(endOffset, newStartOffset), highWatermark);
    }

    /** Cut to end at {@code offset}; the high watermark falls with it. */
    LogView truncate(long offset) {
        return new LogView(epochs.truncate(offset), Math.min(startOffset, offset), offset, highWatermark);
    }
}
